// Draws the curves of ours and the peers as a picture for docs/: readable on light and on dark grounds.
import { areaUnder, curve, OURS, pointAt, recallAtNone } from './contest.mjs';
import { PEERS } from './peers.mjs';

const [WIDTH, HEIGHT] = [860, 520];
const PLOT = { left: 70, top: 56, right: 560, bottom: 450 };
/** The part of the square in which something happens: no contestant is wanted beyond it. */
const [MAX_FALSE, MIN_RECALL] = [0.5, 0.5];

const STYLE = `
  text { font: 14px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 18px; font-weight: 600; } .small { font-size: 12.5px; } .soft { fill: #59636e; }
  .ground { fill: #ffffff; } .grid { stroke: #d1d9e0; } .frame { stroke: #59636e; fill: none; }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
  .c0 { stroke: #0969da; fill: #0969da; } .c1 { stroke: #bc4c00; fill: #bc4c00; } .c2 { stroke: #1a7f37; fill: #1a7f37; }
  .c3 { stroke: #8250df; fill: #8250df; } .c4 { stroke: #bf3989; fill: #bf3989; } path.line { fill: none; }
  .c0.line { stroke-width: 4; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .soft { fill: #9198a1; } .ground { fill: #0d1117; } .grid { stroke: #3d444d; }
    .frame { stroke: #9198a1; }
    .c0 { stroke: #4493f8; fill: #4493f8; } .c1 { stroke: #f0883e; fill: #f0883e; } .c2 { stroke: #3fb950; fill: #3fb950; }
    .c3 { stroke: #ab7df8; fill: #ab7df8; } .c4 { stroke: #f778ba; fill: #f778ba; } path.line { fill: none; }
  }`;

const x = (falseShare) => PLOT.left + (Math.min(falseShare, MAX_FALSE) / MAX_FALSE) * (PLOT.right - PLOT.left);
const y = (recall) =>
  PLOT.bottom - ((Math.max(recall, MIN_RECALL) - MIN_RECALL) / (1 - MIN_RECALL)) * (PLOT.bottom - PLOT.top);
const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)} %`;
const text = (at, words, attributes = '') => `<text x="${at[0]}" y="${at[1]}" ${attributes}>${words}</text>`;

function grid() {
  const steps = Array.from({ length: 6 }, (_, i) => i / 10);
  const across = steps.map((step) => {
    const at = y(MIN_RECALL + step);
    const label = text([PLOT.left - 10, at + 5], percent(MIN_RECALL + step), 'text-anchor="end" class="small soft"');
    return `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}"/>${label}`;
  });
  const down = steps.map((step) => {
    const label = text([x(step), PLOT.bottom + 20], percent(step), 'text-anchor="middle" class="small soft"');
    return `<line class="grid" y1="${PLOT.top}" y2="${PLOT.bottom}" x1="${x(step)}" x2="${x(step)}"/>${label}`;
  });
  return [...across, ...down].join('\n');
}

/** A line that goes up and to the right in steps, as far as the plot reaches. */
function path(points) {
  const seen = points.filter(({ falseShare }) => falseShare <= MAX_FALSE);
  return seen
    .map(({ falseShare, recall }, i) => `${i ? 'L' : 'M'}${x(falseShare).toFixed(1)} ${y(recall).toFixed(1)}`)
    .join('');
}

/** Where a contestant's own rule puts it; nothing where that lies outside the plot. */
function dot({ own: { falseShare, recall } }, i) {
  if (falseShare > MAX_FALSE || recall < MIN_RECALL) return '';
  return `<circle class="c${i}" cx="${x(falseShare).toFixed(1)}" cy="${y(recall).toFixed(1)}" r="6"/>`;
}

function legend(contestants) {
  return contestants.map(({ title, area, atNone }, i) => {
    const top = PLOT.top + 24 + i * 62;
    const left = PLOT.right + 26;
    return [
      `<line class="line c${i}" x1="${left}" x2="${left + 24}" y1="${top - 5}" y2="${top - 5}"/>`,
      text([left + 34, top], title),
      text(
        [left + 34, top + 19],
        `${percent(atNone, 1)} at no false one, area ${area.toFixed(4)}`,
        'class="small soft"',
      ),
    ].join('');
  });
}

/** The picture as SVG. */
export function rocPicture(pairs) {
  const contestants = [OURS, ...PEERS].map(({ name, title, accepts }) => {
    const points = curve(pairs, name);
    const short = title.replace(/ over all offsets| rule, 80 items|-style.*/, '');
    return {
      title: short,
      own: pointAt(pairs, name, accepts),
      points,
      area: areaUnder(points),
      atNone: recallAtNone(pairs, name).recall,
    };
  });
  const { same, others } = recallAtNone(pairs, OURS.name);
  const middle = (PLOT.left + PLOT.right) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Recall against false accepts">`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>`,
    text([PLOT.left, 30], `Same recordings found, against hard negatives called the same`, 'class="title"'),
    grid(),
    `<rect class="frame" x="${PLOT.left}" y="${PLOT.top}" width="${PLOT.right - PLOT.left}" height="${PLOT.bottom - PLOT.top}"/>`,
    ...contestants.toReversed().map(({ points }, i) => `<path class="line c${PEERS.length - i}" d="${path(points)}"/>`),
    ...contestants.map(dot).toReversed(),
    ...legend(contestants),
    text([PLOT.right + 26, PLOT.bottom - 4], 'dots: by its own rule', 'class="small soft"'),
    text([middle, PLOT.bottom + 46], `share of ${others} hard negatives accepted`, 'text-anchor="middle"'),
    text(
      [0, 0],
      `share of ${same} same-recording pairs accepted`,
      `text-anchor="middle" transform="translate(20 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)"`,
    ),
    '</svg>\n',
  ].join('\n');
}
