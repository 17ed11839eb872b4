import { fileURLToPath } from 'node:url';

/** A program of this folder, compiled or not as this one is. */
export function programBeside(name: string): string {
  return fileURLToPath(import.meta.resolve(`./${name}.ts`.replace(/ts$/, import.meta.url.slice(-2))));
}
