// The share of pairs that reach a significance, on a logarithmic scale, as SVG that reads on light and on dark ground.
const WIDTH = 760;
const HEIGHT = 460;
const LEFT = 70;
const RIGHT = 20;
const TOP = 30;
const BOTTOM = 55;
const FROM = 1;
/** Decades shown. */
const DEPTH = 7;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #333 }
  .grid { stroke: #ddd } .frame { stroke: #888; fill: none }
  .all { stroke: #b3541e; fill: none; stroke-width: 2.2 } .real { stroke: #1f6fb2; fill: none; stroke-width: 2.2 }
  .prior { stroke: #333; fill: none; stroke-dasharray: 6 4; stroke-width: 1.6 } .learned { stroke: #777; fill: none; stroke-dasharray: 2 3; stroke-width: 1.6 }
  .ground { fill: #fff }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .grid { stroke: #333 } .frame { stroke: #777 } .ground { fill: #14171a }
    .all { stroke: #f0955a } .real { stroke: #6db7f2 } .prior { stroke: #eee } .learned { stroke: #aaa }
  }`;

/** `real` and `all`: { values } from the highest down; `prior` and `learned`: { name, shareFrom }. */
export function survivalPlot({ real, all, prior, learned, largest }) {
  const to = Math.ceil(largest) + 1;
  const x = (z) => LEFT + ((z - FROM) / (to - FROM)) * (WIDTH - LEFT - RIGHT);
  const y = (share) => TOP + (-Math.log10(share) / DEPTH) * (HEIGHT - TOP - BOTTOM);
  const line = (points) =>
    points.map(([z, share], i) => `${i ? 'L' : 'M'}${x(z).toFixed(1)} ${y(share).toFixed(1)}`).join('');
  const observed = ({ values }) => {
    // Every pair of the tail, and ever fewer of the body.
    const ranks = new Set();
    for (let rank = 1; rank <= values.length; rank = Math.max(rank + 1, Math.floor(rank * 1.04))) ranks.add(rank);
    return line([...ranks].map((rank) => [values[rank - 1], rank / values.length]).filter(([z]) => z >= FROM));
  };
  const expected = ({ shareFrom }) => {
    const points = [];
    for (let z = FROM; z <= to; z += 0.05) if (shareFrom(z) >= 10 ** -DEPTH) points.push([z, shareFrom(z)]);
    return line(points);
  };
  const decades = Array.from({ length: DEPTH + 1 }, (_, i) => i);
  const steps = Array.from({ length: to - FROM + 1 }, (_, i) => FROM + i);
  const keys = [
    ['real', `pairs of two real tracks (${real.values.length.toLocaleString('en')})`],
    ['all', `all pairs (${all.values.length.toLocaleString('en')})`],
    ['prior', `expected by the prior: ${prior.name}`],
    ['learned', `as learned from 48 tracks: ${learned.name}`],
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Share of unrelated pairs by significance">`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>`,
    ...decades.map(
      (i) =>
        `<path class="grid" d="M${LEFT} ${y(10 ** -i)}H${WIDTH - RIGHT}"/><text x="${LEFT - 8}" y="${y(10 ** -i) + 4}" text-anchor="end">${i === 0 ? '1' : `10<tspan dy="-5" font-size="10">−${i}</tspan>`}</text>`,
    ),
    ...steps.map(
      (z) =>
        `<path class="grid" d="M${x(z)} ${TOP}V${HEIGHT - BOTTOM}"/><text x="${x(z)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${z}</text>`,
    ),
    `<rect class="frame" x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${HEIGHT - TOP - BOTTOM}"/>`,
    `<path class="prior" d="${expected(prior)}"/>`,
    `<path class="learned" d="${expected(learned)}"/>`,
    `<path class="all" d="${observed(all)}"/>`,
    `<path class="real" d="${observed(real)}"/>`,
    `<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 12}" text-anchor="middle">highest significance over all offsets</text>`,
    `<text x="${LEFT}" y="18">share of unrelated pairs that reach it</text>`,
    ...keys.map(
      ([name, words], i) =>
        `<path class="${name}" d="M${WIDTH - 320} ${TOP + 22 + 20 * i}h34"/><text x="${WIDTH - 278}" y="${TOP + 26 + 20 * i}">${words}</text>`,
    ),
    '</svg>\n',
  ].join('\n');
}
