# Reprise with a decoder, for any user and a root that is read-only. See docs/guide/daemon.md.

FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY tools/build-kernels.mjs tools/bundle.mjs tools/
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts && rm -rf node_modules/node-linux-*

FROM node:24-trixie-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ffmpeg tini \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir /data /config && chown 1000:1000 /data
WORKDIR /app
COPY LICENSE package.json ./
COPY bin bin
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/program dist/program

# The settings file is /config/reprise/config.toml. It listens to all that can reach the container: publish the port to
# 127.0.0.1 or to a proxy, and make tokens with "reprise token".
ENV NODE_ENV=production HOME=/data XDG_CONFIG_HOME=/config REPRISE_DATA=/data REPRISE_SERVE__HOST=0.0.0.0
VOLUME /data
EXPOSE 8945
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.REPRISE_SERVE__PORT || 8945}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# tini buries decoders whose parents were killed.
ENTRYPOINT ["tini", "--", "node", "/app/bin/reprise.js"]
CMD ["serve"]
