/**
 * Sets of network addresses, as settings name them: `127.0.0.1`, `10.0.0.0/8`, `::1`, `fd00::/8`. An IPv4 address that came
 * in an IPv6 coat (`::ffff:10.0.0.1`) is the IPv4 address.
 * @see https://www.rfc-editor.org/rfc/rfc4291 section 2.2
 */
import { AppError } from '#kernel';

/** Is the address in the set? What is no address is in none. */
export type AddressSet = (address: string | undefined) => boolean;

interface Address {
  /** 32 or 128. */
  readonly width: number;
  readonly bits: bigint;
}

/** @throws AppError `http/bad-address` where an entry is neither an address nor a network */
export function addressSet(entries: readonly string[]): AddressSet {
  const networks = entries.map(networkOf);
  return (text) => {
    const address = text === undefined ? undefined : readAddress(text);
    return address !== undefined && networks.some((network) => holds(network, address));
  };
}

interface Network extends Address {
  readonly prefix: number;
}

function networkOf(entry: string): Network {
  const [text = '', length] = entry.split('/', 2);
  const address = readAddress(text);
  const prefix = length === undefined ? address?.width : /^\d{1,3}$/.test(length) ? Number(length) : undefined;
  if (!address || prefix === undefined || prefix > address.width || entry.split('/').length > 2) {
    throw new AppError('http/bad-address', `"${entry}" is no network address.`, {
      kind: 'usage',
      hint: 'Write an address or a network: 127.0.0.1, 10.0.0.0/8, ::1, fd00::/8.',
    });
  }
  return { ...address, prefix };
}

function holds({ width, bits, prefix }: Network, address: Address): boolean {
  const rest = BigInt(width - prefix);
  return address.width === width && address.bits >> rest === bits >> rest;
}

/** `undefined` where the text is no address. A zone (`%eth0`) says nothing about it. */
export function readAddress(text: string): Address | undefined {
  const [plain = ''] = text.split('%', 1);
  if (!plain.includes(':')) return readFour(plain);
  const six = readSix(plain);
  return six !== undefined && six >> 32n === 0xffffn ? { width: 32, bits: six & 0xffff_ffffn } : wide(six);
}

function wide(bits: bigint | undefined): Address | undefined {
  return bits === undefined ? undefined : { width: 128, bits };
}

function readFour(text: string): Address | undefined {
  const parts = text.split('.');
  const isFour = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isFour ? { width: 32, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) } : undefined;
}

function readSix(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [front, back] = halves.map(groupsOf);
  if (!front || (halves.length === 2 && !back)) return undefined;
  const missing = 8 - front.length - (back?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...new Array<bigint>(missing).fill(0n), ...(back ?? [])];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function groupsOf(text: string): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  for (const [at, part] of text.split(':').entries()) {
    const four = part.includes('.') && at === text.split(':').length - 1 ? readFour(part) : undefined;
    if (four) groups.push(four.bits >> 16n, four.bits & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
