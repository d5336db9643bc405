/**
 * Without the optimizing compiler: within the first half million events it takes more of the processors than its code gives back, and it
 * takes them from the apps beside it.
 */
export const QUICK_COMPILER = '-XX:TieredStopAtLevel=1';

/** Of the one node that everything of a machine uses. */
export const HEAP = ['-Xmx512m', '-Xms128m'] as const;
