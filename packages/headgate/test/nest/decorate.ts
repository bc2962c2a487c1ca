import type { Type } from '@nestjs/common';

/** Applies Nest's decorators as TypeScript's `experimentalDecorators` does, which is off here. */
export function decorate<T>(
  target: Type<T>,
  decorators: readonly ClassDecorator[],
  members: { readonly [M in keyof T]?: readonly MethodDecorator[] } = {},
): Type<T> {
  for (const [name, list] of Object.entries(members) as [string, readonly MethodDecorator[]][]) {
    const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name);
    for (const each of list) each(target.prototype, name, descriptor as PropertyDescriptor);
  }
  for (const each of decorators) each(target);
  return target;
}

/** A decorator of the parameter at this index, as one of its method. */
export function parameter(index: number, decorator: ParameterDecorator): MethodDecorator {
  return (target, name) => decorator(target, name, index);
}
