// @nestjs/throttler is CommonJS and requires Nest, which is ESM: Jest refuses that while it is still linking Nest, so Nest is linked before.
await Promise.all([import('@nestjs/common'), import('@nestjs/core')]);
