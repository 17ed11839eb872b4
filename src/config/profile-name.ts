/** A profile's name is the name of its data folder too, and is typed on command lines. */

/** Can this be the name of a profile? */
export function isProfileName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name);
}

/** The nearest name to any text: accents go, what cannot stand in a name becomes a dash. `undefined` where too little is left. */
export function nearestProfileName(text: string): string | undefined {
  const name = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 56)
    .replace(/[^A-Za-z0-9]+$/, '');
  return isProfileName(name) ? name : undefined;
}
