// @nestjs/throttler is CommonJS and requires Nest, which is ESM: Jest refuses that while it is still linking Nest, so Nest is linked before.
import '@nestjs/common';
import '@nestjs/core';
