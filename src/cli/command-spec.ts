/** The shape of the tables that the parser, `--help` and the reference page are made from. */
export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in help texts; absent for a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** Takes every word up to the next option. */
  readonly many?: true;
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly aliases: readonly string[];
  /** A phrase for the list of commands. */
  readonly summary: string;
  /** One or two sentences for the command's own help. */
  readonly about: string;
  /** What follows the name: `PATH…`. */
  readonly operands: string;
  /** How many operands, both ends included. */
  readonly count: readonly [min: number, max: number];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
}
