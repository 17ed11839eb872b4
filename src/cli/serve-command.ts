/** `serve`, as data. */
import type { CommandSpec } from './command-spec.ts';

export const SERVE_COMMAND: CommandSpec = {
  name: 'serve',
  aliases: [],
  summary: 'run the daemon: gate, HTTP API and a place for all other commands to ask',
  about:
    'Runs until it is asked to end (SIGTERM, Ctrl-C), which is no failure. While it runs it has the catalogue, and the other ' +
    'commands ask it through a socket in the data folder. It logs to standard error: lines of JSON, or text on a terminal.',
  operands: '',
  count: [0, 0],
  options: [
    {
      name: 'host',
      value: 'ADDRESS',
      help: 'listen at this address of the machine, instead of the setting serve.host',
    },
    { name: 'port', value: 'N', help: 'listen at this port, instead of the setting serve.port; 0 is any free one' },
    { name: 'workers', value: 'N', help: 'decode this many files at once' },
  ],
  examples: [['reprise serve', 'with inboxes, addresses and limits as the settings say']],
};
