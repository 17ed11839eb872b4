/**
 * Builds typed SQL. Kysely only builds here: statements are run synchronously by `connection.ts`, so that a
 * transaction holds no `await` and nothing of another caller can slip into it.
 * Kysely is some 300 files; `loadQueries` is called when a query is first needed, because a scan that finds
 * nothing new needs none of them.
 */
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export type Queries = Kysely<Tables>;

/** The query builder for SQLite. */
export async function loadQueries(): Promise<Queries> {
  const { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } = await import('kysely');
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}
