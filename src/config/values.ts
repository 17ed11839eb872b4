/** From what somebody wrote to a setting's value, or to a sentence that says what is wrong with it. */
import type { SettingShape, SettingValue, ValueSpec } from './settings.ts';

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
export function readTyped(setting: Pick<ValueSpec, 'shape'>, value: unknown, base: PathBase): Reading {
  const { shape } = setting;
  switch (shape.kind) {
    case 'integer':
      return Number.isInteger(value) && isWithin(value, shape) ? accept(value) : refuse(shape);
    case 'number':
      return isWithin(value, shape) ? accept(value) : refuse(shape);
    case 'choice':
      return typeof value === 'string' && shape.choices.includes(value) ? accept(value) : refuse(shape);
    case 'text':
      return typeof value === 'string' && isLine(value) ? accept(value) : refuse(shape);
    case 'template':
      return typeof value === 'string' && isTemplate(value, shape.fields) ? accept(value) : refuse(shape);
    case 'url':
      return typeof value === 'string' && isWebAddress(value) ? accept(value) : refuse(shape);
    case 'texts':
      return isTexts(value) ? accept(value) : refuse(shape);
    case 'addresses':
      return isTexts(value) && value.every(isAddressRange) ? accept(value) : refuse(shape);
    case 'words':
      return isTexts(value) && value.every((word) => shape.words.includes(word)) ? accept(value) : refuse(shape);
    case 'folders':
      return isTexts(value) ? accept(value.map((path) => absolutePath(path, base))) : refuse(shape);
    case 'subfolders':
      return isTexts(value) && value.every(isBelow) ? accept(value.map(plainSubfolder)) : refuse(shape);
    case 'folder':
    case 'file':
      return typeof value === 'string' && value !== '' ? accept(absolutePath(value, base)) : refuse(shape);
  }
}

/** A value that came as text, from a flag or the environment. Lists are separated by commas, folders by colons. */
export function readText(setting: Pick<ValueSpec, 'shape'>, text: string, base: PathBase): Reading {
  switch (setting.shape.kind) {
    case 'integer':
      return readTyped(setting, /^\d+$/.test(text) ? Number(text) : text, base);
    case 'number':
      return readTyped(setting, /^[\d.]+(e-?\d+)?$/i.test(text) ? Number(text) : text, base);
    case 'texts':
    case 'words':
    case 'addresses':
      return readTyped(setting, partsOf(text, ','), base);
    case 'folders':
    case 'subfolders':
      return readTyped(setting, partsOf(text, ':'), base);
    case 'choice':
    case 'text':
    case 'template':
    case 'url':
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
    case 'text':
      return 'a text on one line';
    case 'template':
      return `a text that names nothing but ${bracedWords(shape.fields)} in braces`;
    case 'url':
      return 'an address that starts with http:// or https:// and holds no user and no password';
    case 'texts':
      return 'a list of texts';
    case 'addresses':
      return 'a list of IP addresses or ranges such as 10.0.0.0/8';
    case 'words':
      return `a list of some of ${shape.words.join(', ')}`;
    case 'folders':
      return 'a list of folders';
    case 'subfolders':
      return 'a list of relative folders without ..';
    case 'folder':
      return 'a folder';
    case 'file':
      return 'the path of a file';
  }
}

/** `{album}, {title}`. */
export function bracedWords(words: readonly string[]): string {
  return words.map((word) => `{${word}}`).join(', ');
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

function isLine(text: string): boolean {
  return text.trim() !== '' && !/\p{Cc}/u.test(text);
}

function isTemplate(text: string, fields: readonly string[]): boolean {
  return isLine(text) && [...text.matchAll(/\{([^{}]*)\}/g)].every(([, field = '']) => fields.includes(field));
}

function isWebAddress(text: string): boolean {
  const url = /^https?:\/\/\S+$/i.test(text) ? URL.parse(text) : null;
  return url !== null && url.username === '' && url.password === '';
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function isAddressRange(text: string): boolean {
  const [, address = '', bits = '0'] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  if (IPV4.test(address)) return Number(bits) <= 32;
  return address.includes(':') && URL.canParse(`http://[${address}]`) && Number(bits) <= 128;
}

function isBelow(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}

function plainSubfolder(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.join('/') || '.';
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
