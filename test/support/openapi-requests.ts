/** Requests that an OpenAPI document allows, and requests that it does not, for fast-check. */
import fc from 'fast-check';

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

/** As much of JSON Schema as the document uses. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | object;
}

export interface Asking {
  readonly method: string;
  readonly path: string;
  /** As it is declared. */
  readonly route: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What strings stand for, by the name of their field; must be things that the server could stumble over. */
export type Strings = (name: string) => fc.Arbitrary<string>;

/** Every route of the document with its requests. */
export function requestsOf(
  document: OpenApi,
  strings: Strings,
): readonly (readonly [string, Operation, fc.Arbitrary<Asking>])[] {
  return Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const asking = askings(document, { route, method: method.toUpperCase(), operation }, strings);
      return [`${method.toUpperCase()} ${route}`, operation, asking] as const;
    }),
  );
}

interface Declared {
  readonly route: string;
  readonly method: string;
  readonly operation: Operation;
}

function askings(document: OpenApi, { route, method, operation }: Declared, strings: Strings): fc.Arbitrary<Asking> {
  const { parameters = [], requestBody } = operation;
  const values = Object.fromEntries(
    parameters.map(({ name, schema, required }) => {
      const value = fc.oneof(
        { weight: 4, arbitrary: fieldOf(document, name, schema, strings).map(asText) },
        { weight: 1, arbitrary: strings(name) },
      );
      return [name, required === true ? value : fc.option(value, { nil: undefined })] as const;
    }),
  );
  return fc
    .record({ values: fc.record(values), body: bodyOf(document, requestBody, strings) })
    .map(({ values: given, body }) => {
      const written: Readonly<Record<string, string | undefined>> = given;
      const query = new URLSearchParams();
      const headers: Record<string, string> = { ...body.headers };
      let path = route;
      for (const { name, in: place } of parameters) {
        const value = written[name];
        if (value === undefined) continue;
        if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value.toWellFormed()) || '-');
        else if (place === 'query') query.set(name, value);
        // What no header may hold never leaves a client.
        else headers[name] = value.replace(/[^\x20-\x7e]/g, '?').trim();
      }
      const tail = query.size > 0 ? `?${query}` : '';
      return { method, route, path: path + tail, headers, body: body.text };
    });
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

interface WrittenBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | undefined;
}

/** Mostly as the schema says, else broken in one of the ways in which bodies are. */
function bodyOf(document: OpenApi, requestBody: Operation['requestBody'], strings: Strings): fc.Arbitrary<WrittenBody> {
  if (!requestBody) return fc.constant({ headers: {}, text: undefined });
  const kinds = Object.entries(requestBody.content).map(([type, { schema }]) => {
    const value = fieldOf(document, 'body', schema, strings);
    const text = type.includes('json') ? value.map((each) => JSON.stringify(each)) : value.map(formOf);
    return text.map((written): WrittenBody => ({ headers: { 'Content-Type': type }, text: written }));
  });
  const type = fc.constantFrom(
    'application/json',
    ...Object.keys(requestBody.content),
    'text/plain',
    'multipart/form-data; boundary=x',
    '',
  );
  const anything = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.constant('['.repeat(50_000)),
    fc.constant('{"__proto__":{"path":"/"}}'),
    fc.constant(''),
  );
  const broken = fc.record({ type, text: anything }).map(
    ({ type: said, text }): WrittenBody => ({
      ...{ headers: said === '' ? {} : { 'Content-Type': said }, text },
    }),
  );
  return fc.oneof({ weight: 4, arbitrary: fc.oneof(...kinds) }, { weight: 1, arbitrary: broken });
}

function formOf(value: unknown): string {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return String(new URLSearchParams(entries.map(([key, part]): [string, string] => [key, asText(part)])));
}

/** One in eight is something else than the schema says. */
function fieldOf(document: OpenApi, name: string, schema: Schema, strings: Strings): fc.Arbitrary<unknown> {
  const wrong = fc.oneof(fc.jsonValue(), strings(name), fc.double({ noNaN: true }));
  return fc.oneof({ weight: 7, arbitrary: rightOf(document, name, schema, strings) }, { weight: 1, arbitrary: wrong });
}

function rightOf(document: OpenApi, name: string, schema: Schema, strings: Strings): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return rightOf(document, name, named(document, schema.$ref), strings);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => fieldOf(document, name, each, strings)));
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const each = types.map((type) => ofType(document, name, type, schema, strings));
  return each.length > 0 ? fc.oneof(...each) : fc.jsonValue();
}

function ofType(
  document: OpenApi,
  name: string,
  type: string,
  schema: Schema,
  strings: Strings,
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return strings(name);
    case 'integer':
      return fc.oneof(fc.nat(20), fc.maxSafeInteger());
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: 300 }), fc.double({ noNaN: true }));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fieldOf(document, name, schema.items ?? {}, strings), { maxLength: 4 });
    case 'object':
      return objectOf(document, schema, strings);
    default:
      throw new Error(`The document has a ${type}`);
  }
}

function objectOf(document: OpenApi, schema: Schema, strings: Strings): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const entries = Object.entries(properties).map(
    ([key, each]) => [key, fieldOf(document, key, each, strings)] as const,
  );
  const whole = fc.record(Object.fromEntries(entries), { requiredKeys: required.filter((key) => key in properties) });
  if (schema.additionalProperties === false) return whole;
  return fc
    .tuple(whole, fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue(), { maxKeys: 2 }))
    .map(([own, more]) => ({ ...more, ...own }));
}

/** What in the value is not as the schema says, by its place; empty where all is. */
export function misfits(document: OpenApi, schema: Schema, value: unknown, place = 'body'): readonly string[] {
  if (schema.$ref !== undefined) return misfits(document, named(document, schema.$ref), value, place);
  if (schema.anyOf)
    return schema.anyOf.some((each) => misfits(document, each, value, place).length === 0) ? [] : [place];
  if (schema.enum && !schema.enum.includes(value)) return [place];
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [typeOf(value)]);
  if (!types.includes(typeOf(value)) && !(types.includes('number') && typeOf(value) === 'integer')) return [place];
  if (Array.isArray(value)) {
    return value.flatMap((each, at) => misfits(document, schema.items ?? {}, each, `${place}.${at}`));
  }
  return typeof value === 'object' && value !== null ? misfitsOf(document, schema, value, place) : [];
}

function misfitsOf(document: OpenApi, schema: Schema, value: object, place: string): readonly string[] {
  const { properties = {}, required = [] } = schema;
  return [
    ...required.filter((key) => !(key in value)).map((key) => `${place}.${key}`),
    ...Object.entries(value).flatMap(([key, part]) =>
      misfits(document, properties[key] ?? {}, part, `${place}.${key}`),
    ),
    // Answers say no more than they promise, so that nobody builds on what is not promised.
    ...Object.keys(value)
      .filter((key) => schema.properties && !schema.additionalProperties && !(key in properties))
      .map((key) => `${place}.${key}`),
  ];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function named(document: OpenApi, reference: string): Schema {
  const schema = document.components.schemas[reference.slice('#/components/schemas/'.length)];
  if (!schema) throw new Error(`The document has no ${reference}`);
  return schema;
}
