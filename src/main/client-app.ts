/** The library as a command gets it: the running daemon's where there is one, for it has the catalogue; else opened here. */
import type { App, SweepApp, Tell } from '#cli';
import type { ResolvedSettings, SettingEntry } from '#config';
import { connectObject, hasSocket, type Remote } from '../adapters/daemon/index.ts';
import type { DaemonApp } from './daemon-app.ts';
import { VERSION } from './version.ts';

export async function openApp(resolved: ResolvedSettings, tell: Tell): Promise<App> {
  return (await daemonFor(resolved, tell)) ?? (await import('./wire.ts')).createApp(resolved);
}

export async function openSweepApp(resolved: ResolvedSettings, tell: Tell): Promise<SweepApp> {
  return (await daemonFor(resolved, tell)) ?? (await import('./sweep-app.ts')).createSweepApp(resolved);
}

/** `undefined` where none is running. @throws AppError `daemon/…` */
async function daemonFor(resolved: ResolvedSettings, tell: Tell): Promise<Remote<DaemonApp> | undefined> {
  const { data } = resolved.settings;
  if (!hasSocket(data)) return undefined;
  const daemon = await connectObject<DaemonApp>(data, { version: VERSION });
  if (daemon === undefined) return undefined;
  const ignored = ignoredSettings(resolved.entries, await daemon.settingsInForce());
  if (ignored.length > 0) tell(`The daemon goes by its own settings, not by what was set here: ${ignored.join(', ')}.`);
  return daemon;
}

/** What concerns this process alone, or led to this daemon. */
const OWN = /^(output|log)\.|^data$/;

/** Settings that somebody made for this command, and that the daemon has otherwise. */
function ignoredSettings(entries: readonly SettingEntry[], inForce: readonly SettingEntry[]): string[] {
  const theirs = new Map(inForce.map(({ key, value }) => [key, JSON.stringify(value)]));
  return entries
    .filter(({ key, origin }) => origin.kind !== 'default' && !OWN.test(key))
    .filter(({ key, value }) => theirs.get(key) !== JSON.stringify(value))
    .map(({ key }) => key);
}
