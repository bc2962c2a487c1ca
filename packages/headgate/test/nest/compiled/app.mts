// An application as its authors write one, for TypeScript with `experimentalDecorators` and `emitDecoratorMetadata`.
import { Controller, type ExecutionContext, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  RateLimit,
  RateLimitGuard,
  RateLimitModule,
  type RateLimitOptions,
  type RateLimitOptionsFactory,
  SkipRateLimit,
} from 'headgate/nest';

@Injectable()
class Plans implements RateLimitOptionsFactory {
  readonly unlimited = 'gold';

  createRateLimitOptions(): RateLimitOptions {
    return { limit: 2, windowSeconds: 86_400, key: ({ request }) => `tenant ${request.headers.tenant}` };
  }
}

@Module({ providers: [Plans], exports: [Plans] })
class PlansModule {}

@Injectable()
class PlainGuard extends RateLimitGuard {}

@Injectable()
class PlanGuard extends RateLimitGuard {
  constructor(private readonly plans: Plans) {
    super();
  }

  protected override shouldSkip(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest().headers.plan === this.plans.unlimited;
  }
}

@Controller()
class Routes {
  @Get()
  home(): string {
    return 'home';
  }

  @RateLimit({ limit: 1 })
  @UseGuards(PlainGuard)
  @Get('login')
  login(): string {
    return 'login';
  }

  @SkipRateLimit()
  @Get('open')
  open(): string {
    return 'open';
  }
}

@RateLimit([{ limit: 1 }])
@SkipRateLimit(false)
@Controller('admin')
class Admin {
  @Get()
  home(): string {
    return 'admin';
  }
}

@Module({
  imports: [PlansModule, RateLimitModule.forRootAsync({ imports: [PlansModule], useExisting: Plans })],
  controllers: [Routes, Admin],
  providers: [{ provide: APP_GUARD, useClass: PlanGuard }],
})
export class AppModule {}
