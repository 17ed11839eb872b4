/** From what somebody wrote to a setting's value, or to a sentence that says what is wrong with it. */
import type { SettingShape, SettingSpec, SettingValue } from './settings.ts';

export type Reading =
  | { readonly ok: true; readonly value: SettingValue }
  /** `expected` completes "… must be". */
  | { readonly ok: false; readonly expected: string };

/** Where relative paths and `~` start. */
export interface PathBase {
  readonly folder: string;
  readonly homeFolder: string;
}

/** A value that came out of a TOML file. */
export function readTyped(setting: SettingSpec, value: unknown, base: PathBase): Reading {
  const { shape } = setting;
  switch (shape.kind) {
    case 'integer':
      return Number.isInteger(value) && isWithin(value, shape) ? accept(value) : refuse(shape);
    case 'number':
      return isWithin(value, shape) ? accept(value) : refuse(shape);
    case 'choice':
      return typeof value === 'string' && shape.choices.includes(value) ? accept(value) : refuse(shape);
    case 'texts':
      return isTexts(value) ? accept(value) : refuse(shape);
    case 'words':
      return isTexts(value) && value.every((word) => shape.words.includes(word)) ? accept(value) : refuse(shape);
    case 'folders':
      return isTexts(value) ? accept(value.map((path) => absolutePath(path, base))) : refuse(shape);
    case 'folder':
    case 'file':
      return typeof value === 'string' && value !== '' ? accept(absolutePath(value, base)) : refuse(shape);
  }
}

/** A value that came as text, from a flag or the environment. Lists are separated by commas, folders by colons. */
export function readText(setting: SettingSpec, text: string, base: PathBase): Reading {
  switch (setting.shape.kind) {
    case 'integer':
      return readTyped(setting, /^\d+$/.test(text) ? Number(text) : text, base);
    case 'number':
      return readTyped(setting, /^[\d.]+(e-?\d+)?$/i.test(text) ? Number(text) : text, base);
    case 'texts':
    case 'words':
      return readTyped(setting, partsOf(text, ','), base);
    case 'folders':
      return readTyped(setting, partsOf(text, ':'), base);
    case 'choice':
    case 'folder':
    case 'file':
      return readTyped(setting, text, base);
  }
}

/** Completes "… must be" for this shape. */
export function expectation(shape: SettingShape): string {
  switch (shape.kind) {
    case 'integer':
      return `a whole number from ${shape.min} to ${shape.max}`;
    case 'number':
      return `a number from ${shape.min} to ${shape.max}`;
    case 'choice':
      return `one of ${shape.choices.join(', ')}`;
    case 'texts':
      return 'a list of texts';
    case 'words':
      return `a list of some of ${shape.words.join(', ')}`;
    case 'folders':
      return 'a list of folders';
    case 'folder':
      return 'a folder';
    case 'file':
      return 'the path of a file';
  }
}

/** Absolute and without `.`, `..`, doubled and trailing slashes; `~/` is the home folder. Symlinks stay as they are. */
export function absolutePath(path: string, { folder, homeFolder }: PathBase): string {
  const fromHome = path === '~' || path.startsWith('~/');
  const whole = fromHome ? homeFolder + path.slice(1) : path.startsWith('/') ? path : `${folder}/${path}`;
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function isWithin(value: unknown, { min, max }: { min: number; max: number }): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
}

function partsOf(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function accept(value: SettingValue): Reading {
  return { ok: true, value };
}

function refuse(shape: SettingShape): Reading {
  return { ok: false, expected: expectation(shape) };
}
