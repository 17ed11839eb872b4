// part.mjs DIST PARTS FILE...: does some parts of a scan's work on each file and nothing else, so that another process can
// measure them. PARTS is a list with commas out of: content, decode, payload, samples, levels, evidence,
// one, four, tags.
import path from 'node:path';

const [dist, list, ...files] = process.argv.slice(2);
const load = (name) => import(path.join(dist, name));
const wanted = new Set(list.split(','));
const { openFile } = await load('adapters/files/open-file.js');
const { pathFromBytes } = await load('kernel/byte-path.js');

async function decode(file, decoder, tools) {
  const payload = wanted.has('payload') ? tools.createPayloadHash() : undefined;
  const samples = wanted.has('samples') ? tools.createSampleHash() : undefined;
  const levels = wanted.has('levels') ? tools.createLevelMeter() : undefined;
  const evidence = wanted.has('evidence') ? tools.createEvidenceMeter() : undefined;
  const phases = wanted.has('four') ? 4 : 1;
  const fingerprinter = wanted.has('one') || wanted.has('four') ? tools.createFingerprinter({ phases }) : undefined;
  const { stream } = await decoder.decode(file, {
    ...(payload && { packet: payload.push }),
    ...((samples || levels || evidence) && {
      samples(block) {
        samples?.push(block);
        levels?.push(block);
        evidence?.push(block);
      },
    }),
    pcm: (block) => fingerprinter?.push(block),
  });
  payload?.finish(stream);
  samples?.finish(stream);
  levels?.finish();
  evidence?.finish(stream);
  for (const items of fingerprinter?.finish() ?? []) tools.compressFingerprint(items);
}

async function toolsOfDecoding() {
  const { createNodeAvDecoder } = await load('adapters/decoder/index.js');
  const [hashes, fingerprint, signal] = await Promise.all(
    ['catalogue/audio-hashes.js', 'fingerprint/index.js', 'signal/index.js'].map(load),
  );
  return { decoder: await createNodeAvDecoder(), ...hashes, ...fingerprint, ...signal };
}

const tools = wanted.has('decode') ? await toolsOfDecoding() : undefined;
const { hashContent } = wanted.has('content') ? await load('catalogue/analyse.js') : {};
const reader = wanted.has('tags') ? (await load('adapters/tags/index.js')).createTagReader() : undefined;
for (const name of files) {
  using file = openFile(pathFromBytes(Buffer.from(name)));
  hashContent?.(file);
  if (tools) await decode(file, tools.decoder, tools);
  await reader?.read(file);
}
