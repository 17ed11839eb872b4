/** What a token can be good for. */

/**
 * - `check`: ask for a verdict, ask what is known. `import`: hand files over. `jobs`: see jobs and try dead files again.
 * - `events`: be told what happens. `hooks`: hand files over as Lidarr, slskd and others do. `metrics`: read figures.
 * - `admin`: all of these, and to admit a file against the gate's word.
 */
export const SCOPES = ['check', 'import', 'jobs', 'events', 'hooks', 'metrics', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
