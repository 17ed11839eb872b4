import type { ColorChoice, Environment } from '#config';
import type { Output } from '../surroundings.ts';

export type Paint = (text: string) => string;

/** Colours by meaning; each leaves the text as it is where colours are off. */
export interface Style {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly bad: Paint;
  readonly accent: Paint;
}

/** The sixteen colours that every terminal theme defines, so that they fit dark and light ones. */
export function createStyle(colored: boolean): Style {
  const paint =
    (on: number, off: number): Paint =>
    (text) =>
      colored && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    strong: paint(1, 22),
    faint: paint(2, 22),
    good: paint(32, 39),
    warning: paint(33, 39),
    bad: paint(31, 39),
    accent: paint(36, 39),
  };
}

/** @see https://no-color.org and https://bixense.com/clicolors/; what the person said outright wins over both. */
export function wantsColor(choice: ColorChoice, environment: Environment, output: Output): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (environment['NO_COLOR']) return false;
  const forced = environment['CLICOLOR_FORCE'];
  if (forced && forced !== '0') return true;
  return output.isTerminal && environment['TERM'] !== 'dumb';
}
