import 'reflect-metadata';
import { ThrottlerStorageService } from '@nestjs/throttler';

/** The storage behind the guard; it answers promises. */
export function make({ limit, windowMs }) {
  const storage = new ThrottlerStorageService();
  return {
    allow: async (key) => !(await storage.increment(key, windowMs, limit, 0, 'default')).isBlocked,
    reset(key) {
      storage.storage.delete(key);
      storage.hitExpirations.delete(key);
    },
    stats: () => ({ activeKeys: storage.storage.size }),
  };
}
