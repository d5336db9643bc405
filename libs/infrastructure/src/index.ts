export { availableSources } from './available-sources.js';
export { findInfrastructure } from './find-infrastructure.js';
export type { Infrastructure, InfrastructureOptions, Say, ServiceName, Source } from './infrastructure.js';
export { InfrastructureError, messageOf, type InfrastructureErrorCode } from './infrastructure-error.js';
export { freePort, isPortFree } from './free-port.js';
export { repositoryRoot } from './embedded/kafka-jars.js';
export { commandLineOf } from './embedded/leftover.js';
export { KeptRunning, type KeptRunningOptions, type Launched } from './supervision/kept-running.js';
export { RotatingFile } from './supervision/rotating-file.js';
