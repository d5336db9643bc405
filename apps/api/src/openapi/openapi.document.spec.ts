import 'reflect-metadata';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RequireScope } from '../auth/api-key.guard.js';
import { ParsedPipe } from '../errors/parsed.pipe.js';
import { openApiDocument } from './openapi.document.js';
import { Operation } from './operation.decorator.js';

const CreateThing = z.strictObject({ name: z.string().max(8), tags: z.array(z.string()).optional() });
const ListThings = z.object({ limit: z.string().optional().meta({ type: 'integer', default: 10 }) });
const ThingReply = z.object({ thing: z.object({ name: z.string() }).meta({ id: 'Thing' }) });

/** Says whatever it was asked: these routes are read, never called. */
@Controller('things')
class ThingsController {
  @Post()
  @RequireScope('configure')
  @Operation({ summary: 'Make a thing', reply: ThingReply, idempotent: true })
  create(@Body(new ParsedPipe(CreateThing)) input: unknown): unknown {
    return input;
  }

  @Get()
  @RequireScope('read')
  @Operation({ summary: 'List things' })
  list(@Query(new ParsedPipe(ListThings)) query: unknown): unknown {
    return query;
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({ summary: 'Delete a thing', access: 'operator' })
  remove(@Param('id') id: string): unknown {
    return id;
  }
}

@Controller('odd')
class OddController {
  @Get('undescribed')
  undescribed(): string {
    return '';
  }

  @Get('free')
  @Operation({ summary: 'Be free' })
  free(): string {
    return '';
  }

  @Post('hidden')
  @RequireScope('configure')
  @Operation({ summary: 'Hide its schema' })
  hidden(@Body() body: unknown): unknown {
    return body;
  }
}

describe('openApiDocument', () => {
  it('reads from a controller what it says already', () => {
    const { document, faults } = openApiDocument([ThingsController]);
    expect(faults).toEqual([]);
    expect(Object.keys(document.paths)).toEqual(['/things', '/things/{id}']);
    const { post, get } = document.paths['/things'] ?? {};
    expect(post).toMatchObject({
      operationId: 'things.create',
      security: [{ token: ['configure'] }, { bearer: ['configure'] }, { session: ['configure'] }],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              required: ['name'],
              properties: { name: { maxLength: 8 }, tags: { type: 'array' } },
              additionalProperties: false,
            },
          },
        },
      },
    });
    expect(post?.parameters).toContainEqual({ $ref: '#/components/parameters/IdempotencyKey' });
    expect(Object.keys(post?.responses ?? {})).toEqual([
      '201',
      '400',
      '401',
      '403',
      '409',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(get?.parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      allowEmptyValue: true,
      schema: { type: 'integer', default: 10 },
    });
    const removal = document.paths['/things/{id}']?.['delete'];
    expect(removal?.description).toBe('Needs the operator’s key.');
    expect(removal?.responses['204']).not.toHaveProperty('content');
    expect(document.components.schemas['Thing']).toEqual({
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
    });
  });

  it('says whom a route is for that needs no key', () => {
    @Controller('door')
    class DoorController {
      @Post()
      @Operation({ summary: 'Come in', access: 'anyone', setsCookie: true })
      enter(): string {
        return '';
      }

      @Delete()
      @Operation({ summary: 'Leave', access: 'session' })
      leave(): string {
        return '';
      }

      @Get()
      @Operation({ summary: 'Look around', access: 'session' })
      look(): string {
        return '';
      }
    }
    const { post, delete: leave, get } = openApiDocument([DoorController]).document.paths['/door'] ?? {};
    expect(post).toMatchObject({ security: [], description: 'Needs no key.' });
    expect(post?.responses['201']).toHaveProperty(['headers', 'Set-Cookie']);
    expect(leave).toMatchObject({ security: [{ session: [] }], description: 'Needs a session of the console.' });
    // Only what changes something must show that it is no other site's doing.
    expect([post, leave, get].map((one) => Object.keys(one?.responses ?? {}).includes('403'))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('says which routes lack what', () => {
    expect(openApiDocument([OddController]).faults).toEqual([
      'GET /odd/free says neither which scope nor whose access it needs',
      'POST /odd/hidden has a body whose schema @Operation must name',
      'GET /odd/undescribed has no @Operation',
    ]);
  });

  it('refuses two schemas of one name', () => {
    @Controller('other')
    class OtherController {
      @Get()
      @RequireScope('read')
      @Operation({ summary: 'Get another', reply: z.object({ a: z.object({ x: z.int() }).meta({ id: 'Thing' }) }) })
      get(): string {
        return '';
      }
    }
    expect(() => openApiDocument([ThingsController, OtherController])).toThrow('two schemas are called Thing');
  });
});
