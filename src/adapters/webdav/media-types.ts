/** What a file says it is, by its name: enough for players and browsers to know what to do with it. */

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    aac: 'audio/aac',
    aif: 'audio/aiff',
    aiff: 'audio/aiff',
    ape: 'audio/x-ape',
    cue: 'application/x-cue',
    flac: 'audio/flac',
    gif: 'image/gif',
    jpeg: 'image/jpeg',
    jpg: 'image/jpeg',
    json: 'application/json',
    log: 'text/plain; charset=utf-8',
    m3u: 'audio/x-mpegurl',
    m3u8: 'application/vnd.apple.mpegurl',
    m4a: 'audio/mp4',
    m4b: 'audio/mp4',
    mka: 'audio/x-matroska',
    mkv: 'video/x-matroska',
    mp2: 'audio/mpeg',
    mp3: 'audio/mpeg',
    mp4: 'video/mp4',
    mpc: 'audio/x-musepack',
    oga: 'audio/ogg',
    ogg: 'audio/ogg',
    ogv: 'video/ogg',
    opus: 'audio/ogg',
    pdf: 'application/pdf',
    pls: 'audio/x-scpls',
    png: 'image/png',
    ts: 'video/mp2t',
    txt: 'text/plain; charset=utf-8',
    wav: 'audio/wav',
    weba: 'audio/webm',
    webm: 'video/webm',
    webp: 'image/webp',
    wma: 'audio/x-ms-wma',
    wv: 'audio/x-wavpack',
    xml: 'application/xml',
    xspf: 'application/xspf+xml',
  }),
);

export function mediaTypeOf(name: string): string {
  const [, extension = ''] = /\.([^.]*)$/.exec(name) ?? [];
  return TYPES.get(extension.toLowerCase()) ?? 'application/octet-stream';
}
