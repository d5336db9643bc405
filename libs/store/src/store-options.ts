import type { DataSourceSettings } from './data-source.js';

export type StoreOptions = DataSourceSettings;

export const STORE_OPTIONS = Symbol('fleethook store options');
