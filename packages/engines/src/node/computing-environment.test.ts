import { describe, expect, it } from 'vitest'
import { computingEnvironment, inheritedEnvironment } from './computing-environment.js'

describe('the environment of a process that computes', () => {
  it('asks the C library for huge pages and to keep what is freed, beside everything inherited', () => {
    const environment = computingEnvironment({ PATH: '/bin' })
    expect(environment.PATH).toBe('/bin')
    expect(environment.GLIBC_TUNABLES?.split(':')).toEqual(
      expect.arrayContaining(['glibc.malloc.hugetlb=1', 'glibc.malloc.mmap_threshold=33554432']),
    )
  })

  it('adds to tunables of other kinds', () => {
    expect(computingEnvironment({ GLIBC_TUNABLES: 'glibc.cpu.hwcaps=-AVX512F' }).GLIBC_TUNABLES).toMatch(
      /^glibc\.cpu\.hwcaps=-AVX512F:glibc\.malloc\./,
    )
  })

  it('leaves tunables for memory as the user has set them', () => {
    const inherited = { GLIBC_TUNABLES: 'glibc.malloc.arena_max=1' }
    expect(computingEnvironment(inherited)).toBe(inherited)
  })

  it('can be taken back', () => {
    for (const inherited of [{ PATH: '/bin' }, { GLIBC_TUNABLES: 'glibc.cpu.hwcaps=-AVX512F' }])
      expect(inheritedEnvironment(computingEnvironment(inherited))).toEqual(inherited)
    const chosen = { GLIBC_TUNABLES: 'glibc.malloc.arena_max=1' }
    expect(inheritedEnvironment(chosen)).toEqual(chosen)
  })
})
