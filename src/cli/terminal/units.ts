/** Figures as people read them. */

const SIZE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `31.2 MB`; units of 1,000, as disks are sold. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  let value = bytes;
  let unit = 0;
  // 999.5 would be printed as 1000.
  while (value >= 999.5 && unit < SIZE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(value < 99.95 ? 1 : 0)} ${SIZE_UNITS[unit]}`;
}

/** `1,234`. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 file`, `1,234 files`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `4:03`, `1:02:03`; whole seconds, rounded down as players show them. */
export function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** `0.04 s`, `4.2 s`, `42 s`, `3 min`, `5 h 20 min`: how long something takes or lasts. */
export function spanText(seconds: number): string {
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours >= 10 ? `${countText(Math.round(minutes / 60))} h` : `${hours} h ${minutes % 60} min`;
}

/** `98 %`; never 100 where something differs. */
export function percentText(share: number): string {
  const percent = share * 100;
  return share < 1 && percent > 99 ? `${(Math.floor(percent * 10) / 10).toFixed(1)} %` : `${Math.round(percent)} %`;
}

/** `+0.05 s`, `−12.3 s`. */
export function offsetText(seconds: number): string {
  const size = Math.abs(seconds);
  return `${seconds < 0 ? '−' : '+'}${size.toFixed(size < 9.995 ? 2 : 1)} s`;
}

/** `44.1 kHz`. */
export function rateText(hertz: number): string {
  return `${Number((hertz / 1000).toFixed(2))} kHz`;
}
