/** The log as JSON lines, by pino. */
import { pino } from 'pino';

/** Levels of our log as pino names them. */
const LEVELS = { error: 'error', warning: 'warn', info: 'info', debug: 'debug' } as const;
type Level = keyof typeof LEVELS;

/** What never stands in a log, should it ever get this far. */
const SECRETS = ['authorization', 'cookie', 'password', 'secret', 'token', 'x-api-key', 'apiKey'];

/** Writes events up to `level`, each in one call of `write` with its line. */
export function createJsonLog(
  level: Level,
  write: (line: string) => void,
): (level: Level, event: string, fields?: Readonly<Record<string, string | number>>) => void {
  const logger = pino(
    {
      level: LEVELS[level],
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'event',
      redact: SECRETS.flatMap((name) => (name.includes('-') ? [`["${name}"]`, `*["${name}"]`] : [name, `*.${name}`])),
    },
    { write },
  );
  return (at, event, fields = {}) => logger[LEVELS[at]](fields, event);
}
