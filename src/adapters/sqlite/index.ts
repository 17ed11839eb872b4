/** The catalogue in one SQLite file. */
export { type CatalogueOptions, openCatalogue } from './catalogue.ts';
