import { Injectable, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { DELIVERY_STATUSES } from '@fleethook/store';
import { parsed } from '../errors/parsed.js';
import { pageParameters } from '../listing/page.schemas.js';

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Always newest first. */
export const ListDeliveries = z.object({
  limit: pageParameters.limit,
  // A cursor of another list names no delivery.
  page: pageParameters.page
    .refine((cursor) => cursor === undefined || UUID.test(cursor.id), 'is not a cursor from next_page')
    .meta(pageParameters.page.meta() ?? {}),
  status: z
    .string('must be given once')
    .optional()
    .transform((text) => (text === '' ? undefined : text))
    .pipe(z.enum(DELIVERY_STATUSES, `must be one of ${DELIVERY_STATUSES.join(', ')}`).optional())
    .meta({ enum: [...DELIVERY_STATUSES] }),
});
export type ListDeliveries = z.infer<typeof ListDeliveries>;

@Injectable()
export class ListDeliveriesPipe implements PipeTransform<unknown, ListDeliveries> {
  transform(value: unknown): ListDeliveries {
    return parsed(ListDeliveries, value);
  }
}
