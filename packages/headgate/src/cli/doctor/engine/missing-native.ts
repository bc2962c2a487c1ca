import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from '../../../backend/native-candidate.js';
import { readBinaryFile } from './binary-file.js';
import { type InstalledPackage, installedFrom, lockfileAbove, platformsBeside } from './installed.js';

/** Why there is no native engine, and what helps. */
export interface Cause {
  readonly cause: string;
  readonly advice: string;
}

const REINSTALL = 'Remove node_modules and install again.';
const WITH_OPTIONAL =
  'Install with optional dependencies (npm install --include=optional); or say HEADGATE_BACKEND=ts, where TypeScript is what you want.';
const PACKAGE = /^package (@headgate\/core-native-(\S+))$/;

/** `tried`: what the loader says it has tried. `folder`: that of headgate. */
export function causeOf(tried: readonly Attempt[], folder: string, version: string): Cause {
  const messages = tried.map(({ error }) => error ?? '').join('\n');
  if (/loading addons? (is|has been) disabled|ERR_DLOPEN_DISABLED|Cannot load native addon because/i.test(messages))
    return {
      cause: 'Node may not load addons here',
      advice: 'Leave out --no-addons; with --permission, say --allow-addons.',
    };
  const native = installedFrom(folder, '@headgate/core-native');
  if (native === undefined) return leftOut(folder, '@headgate/core-native');
  if (native.version !== version) return otherVersion('@headgate/core-native', native, version);
  const first = tried.map(({ what, error }) => ({ match: PACKAGE.exec(what), error })).find(({ match }) => match);
  if (first?.match == null)
    return tried[0]?.what.startsWith('package ') === true
      ? { cause: tried[0].error ?? 'it is not known why', advice: REINSTALL }
      : {
          cause: `no binary is published for ${tried[0]?.what}`,
          advice: 'TypeScript decides the same; with cargo, the native engine can be built from source.',
        };
  const [, name = '', platform = ''] = first.match;
  const installed = installedFrom(native.folder, name);
  if (installed === undefined) return notInstalled(native, name, platform);
  if (installed.version !== version) return otherVersion(name, installed, version);
  return causeInFile(installed, platform, first.error ?? '');
}

function leftOut(folder: string, name: string): Cause {
  const lockfile = lockfileAbove(folder);
  if (lockfile === undefined || lockfile.has(name))
    return { cause: `${name} is not installed: optional dependencies were left out`, advice: WITH_OPTIONAL };
  return { cause: `${name} is not installed, and ${lockfile.path} does not have it`, advice: WITH_OPTIONAL };
}

function notInstalled(native: InstalledPackage, name: string, platform: string): Cause {
  const others = platformsBeside(native.folder).filter((each) => each !== platform);
  const lockfile = lockfileAbove(native.folder);
  if (lockfile?.has('@headgate/core-native') === true && !lockfile.has(name))
    return {
      cause: `${name} is not installed: ${lockfile.path} was made on another platform and does not have it`,
      advice: 'Remove node_modules and the lockfile, and install again.',
    };
  if (others.length > 0)
    return {
      cause: `${name} is not installed: node_modules was installed for ${others.join(' and ')}, and this is ${platform}`,
      advice: `${REINSTALL} On the machine where it runs, or with npm install --os and --cpu.`,
    };
  return { cause: `${name} is not installed: optional dependencies were left out`, advice: WITH_OPTIONAL };
}

function otherVersion(name: string, { version, folder }: InstalledPackage, wanted: string): Cause {
  return {
    cause: `${name} is of version ${version}, and headgate of ${wanted}: ${folder}`,
    advice: `${REINSTALL} All packages of headgate must have one version.`,
  };
}

/** The package is there, so it is its binary that is not as it should be. */
function causeInFile({ folder }: InstalledPackage, platform: string, error: string): Cause {
  const path = join(folder, `headgate.${platform}.node`);
  if (!existsSync(path)) return { cause: `${path} is missing: the package has ${filesIn(folder)}`, advice: REINSTALL };
  const wrong = wrongInFile(path);
  if (wrong !== undefined) return { cause: `${path}: ${wrong}`, advice: REINSTALL };
  if (/GLIBC_|GLIBCXX_/.test(error))
    return {
      cause: `the C library of this system is too old: ${error}`,
      advice: 'Native needs glibc 2.17 or later, TypeScript nothing.',
    };
  if (/failed to map segment|Operation not permitted/i.test(error))
    return {
      cause: `nothing may be executed from ${folder}: ${error}`,
      advice: 'Mount that file system without noexec, or install elsewhere.',
    };
  return { cause: error.includes(path) ? error : `${path}: ${error}`, advice: REINSTALL };
}

function wrongInFile(path: string): string | undefined {
  try {
    const file = readBinaryFile(path);
    if (file.kind === 'damaged') return `it is damaged: ${file.reason}`;
    const { platform, arch } = file.builtFor;
    if (platform === process.platform && arch === process.arch) return undefined;
    return `it was built for ${platform}-${arch}, and this is ${process.platform}-${process.arch}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EACCES' ? 'it may not be read' : message;
  }
}

function filesIn(folder: string): string {
  return readdirSync(folder).join(', ') || 'no files';
}
