// Figures over powers of ten, as SVG that reads on light and on dark ground.
const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 80;
const RIGHT = 30;
const TOP = 30;
const BOTTOM = 55;
const KEY_WIDTH = 260;
/** Rounded outwards so far that a point at the edge is not cut. */
const NEAR = 1e-9;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #333 }
  .grid { stroke: #ddd } .frame { stroke: #888; fill: none } .ground { fill: #fff }
  .line { fill: none; stroke-width: 2.2 } .dashed { stroke-dasharray: 6 4; stroke-width: 1.6 }
  .c0 { stroke: #1f6fb2; fill: #1f6fb2 } .c1 { stroke: #b3541e; fill: #b3541e } .c2 { stroke: #3d8b37; fill: #3d8b37 } .c3 { stroke: #7a4fa3; fill: #7a4fa3 }
  path.line { fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .grid { stroke: #333 } .frame { stroke: #777 } .ground { fill: #14171a }
    .c0 { stroke: #6db7f2; fill: #6db7f2 } .c1 { stroke: #f0955a; fill: #f0955a } .c2 { stroke: #86d17f; fill: #86d17f } .c3 { stroke: #c39be8; fill: #c39be8 }
  }`;

const power = (exponent) => {
  if (exponent >= 0 && exponent <= 3) return String(10 ** exponent);
  return `10<tspan dy="-5" font-size="10">${String(exponent).replace('-', '−')}</tspan>`;
};

function decades(values) {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const first = Math.floor(Math.min(...logs) + NEAR);
  const last = Math.max(first + 1, Math.ceil(Math.max(...logs) - NEAR));
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/**
 * Lines over two logarithmic axes. `lines`: `{ name, points, dashed }`, points as `[x, y]`; what is not above 0 is left out.
 * @param keyAt where the key stands: `left` or `right`
 */
export function logPlot({ title, across, lines, keyAt = 'left' }) {
  const shown = lines.map((line) => ({ ...line, points: line.points.filter(([x, y]) => x > 0 && y > 0) }));
  const xs = decades(shown.flatMap(({ points }) => points.map(([x]) => x)));
  const ys = decades(shown.flatMap(({ points }) => points.map(([, y]) => y)));
  const share = (value, axis) => (Math.log10(value) - axis[0]) / (axis.at(-1) - axis[0]);
  const x = (value) => (LEFT + share(value, xs) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value) => (HEIGHT - BOTTOM - share(value, ys) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const keyLeft = keyAt === 'left' ? LEFT + 14 : WIDTH - RIGHT - KEY_WIDTH;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>`,
    ...ys.map(
      (i) =>
        `<path class="grid" d="M${LEFT} ${y(10 ** i)}H${WIDTH - RIGHT}"/><text x="${LEFT - 8}" y="${Number(y(10 ** i)) + 4}" text-anchor="end">${power(i)}</text>`,
    ),
    ...xs.map(
      (i) =>
        `<path class="grid" d="M${x(10 ** i)} ${TOP}V${HEIGHT - BOTTOM}"/><text x="${x(10 ** i)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${power(i)}</text>`,
    ),
    `<rect class="frame" x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${HEIGHT - TOP - BOTTOM}"/>`,
    ...shown.map(
      ({ points, dashed }, i) =>
        `<path class="line c${i}${dashed ? ' dashed' : ''}" d="${points.map(([px, py], at) => `${at ? 'L' : 'M'}${x(px)} ${y(py)}`).join('')}"/>`,
    ),
    ...shown.flatMap(({ points, dashed }, i) =>
      dashed || points.length > 12
        ? []
        : points.map(([px, py]) => `<circle class="c${i}" cx="${x(px)}" cy="${y(py)}" r="3.5"/>`),
    ),
    ...shown.map(
      ({ name, dashed }, i) =>
        `<path class="line c${i}${dashed ? ' dashed' : ''}" d="M${keyLeft} ${TOP + 18 + 20 * i}h30"/><text x="${keyLeft + 38}" y="${TOP + 22 + 20 * i}">${name}</text>`,
    ),
    `<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${across}</text>`,
    `<text x="${LEFT}" y="18">${title}</text>`,
    '</svg>\n',
  ].join('\n');
}
