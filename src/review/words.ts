/** `3:05`, `1:02:33`; whole seconds, rounded down as players show them. */
export function secondsInWords(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '');
}

/** `16.0 kHz`, `9.8 kHz`. */
export function frequencyInWords(hz: number): string {
  return `${(hz / 1000).toFixed(1)} kHz`;
}
