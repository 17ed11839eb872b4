/** The catalogue and the journal, each in one SQLite file. */
export { type CatalogueOptions, type OpenCatalogue, openCatalogue } from './catalogue.ts';
export { openJournal } from './journal.ts';
