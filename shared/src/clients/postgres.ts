// The driver, whose package is CommonJS: `types` and `Pool` are found on its default export in every kind of bundle.
export { default as pg } from 'pg';
