import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What is answered; the status and `Allow` are set. */
export type MethodRefusal = (request: FastifyRequest, reply: FastifyReply, allow: string) => void;

/**
 * Answers a method that a path does not have with 405, and names in `Allow` those that it has (RFC 9110 §15.5.6). Before any route is added.
 * @param isShown whether strangers may know of a route
 */
export function answerOtherMethods(
  fastify: FastifyInstance,
  answer: MethodRefusal,
  isShown: (route: string) => boolean = () => true,
): void {
  const routes: { readonly url: string; readonly methods: readonly string[] }[] = [];
  fastify.addHook('onRoute', ({ url, method }) => {
    if (isShown(url)) routes.push({ url, methods: [method].flat() });
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = new Set(routes.filter(({ url }) => fits(url, path)).flatMap((route) => route.methods));
    if (methods.size === 0) return done();
    const allow = [...methods].toSorted().join(', ');
    answer(request, reply.status(405).header('allow', allow), allow);
  });
}

/** Of a route, `/webhooks/:prn/test_fire` or `/console/*`, and of a path. */
function fits(route: string, path: string): boolean {
  const steps = route.split('/');
  const given = path.split('/');
  const rest = steps.indexOf('*');
  const fixed = rest === -1 ? steps : steps.slice(0, rest);
  if (rest === -1 ? given.length !== fixed.length : given.length <= rest) return false;
  return fixed.every((step, index) => step === given[index] || (step.startsWith(':') && given[index] !== ''));
}
