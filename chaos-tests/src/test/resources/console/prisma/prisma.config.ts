// Prisma's schema engine as WebAssembly, over node-postgres: its other one is not in any package.
// The engine and the adapter are as they come. What surrounds the adapter is what it lacks on every
// Postgres (github.com/prisma/orm/issues/27403): the types "name" and "char" of the catalogs, and, since
// it drops a shadow database before it closes its own pool, connections that end with their statement.
import { webcrypto } from 'node:crypto'
import { defineConfig } from 'prisma/config'
import { PrismaPg } from '@prisma/adapter-pg'
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils'

const CHAR = 18
const NAME = 19
const TEXT = 25

globalThis.crypto ??= webcrypto as any // Node 18 has it under this name only

function withCatalogTypes(adapter: any): any {
  const queryRaw = adapter.queryRaw
  adapter.queryRaw = async (query: any) => {
    const chars: number[] = []
    const once = Object.create(adapter)
    once.performIO = async (statement: any) => {
      const result = await adapter.performIO(statement)
      result.fields.forEach((field: any, at: number) => {
        if (field.dataTypeID === CHAR) chars.push(at)
        if (field.dataTypeID === CHAR || field.dataTypeID === NAME) field.dataTypeID = TEXT
      })
      return result
    }
    const result = await queryRaw.call(once, query)
    for (const at of chars) result.columnTypes[at] = ColumnTypeEnum.Character
    return result
  }
  return adapter
}

class Adapter extends PrismaPg {
  async connect() {
    return withCatalogTypes(await super.connect())
  }
  async connectToShadowDb() {
    return withCatalogTypes(await super.connectToShadowDb())
  }
}

export default defineConfig({
  experimental: { adapter: true },
  engine: 'js',
  schema: 'prisma/schema.prisma',
  adapter: async () => new Adapter({ maxUses: 1 } as any), // where to: libpq's variables
})
