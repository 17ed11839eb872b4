/** Keeps secrets out of logs: what is named like one, and what stands for one in an address. Names of files stay exact. */

const SECRET_NAME =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|api-?key|.*(token|secret|password))$/i;
/** Fields in which addresses stand. */
const TALKATIVE_NAME = /(url|uri|reason|message)$/i;
/** What OpenSubsonic and others put into the query: password, token, salt, key. */
const SECRET_QUERY = /([?&](?:p|t|s|apiKey|token|secret|password|access_token)=)[^&#\s]*/gi;
const BEARER = /\b(bearer) +[\w.~+/=-]+/gi;
/** `scheme://name:password@`. */
const SECRET_LOGIN = /(:\/\/[^\s/@:]*):[^\s/@]*@/g;

const HIDDEN = '[secret]';

type Fields = Readonly<Record<string, string | number>>;

/** The fields as they may be written down. */
export function redacted(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shown(name, value)]));
}

function shown(name: string, value: string | number): string | number {
  if (SECRET_NAME.test(name)) return HIDDEN;
  if (typeof value === 'number' || !TALKATIVE_NAME.test(name)) return value;
  return value
    .replace(SECRET_QUERY, `$1${HIDDEN}`)
    .replace(BEARER, `$1 ${HIDDEN}`)
    .replace(SECRET_LOGIN, `$1:${HIDDEN}@`);
}
