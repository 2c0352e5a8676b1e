/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heap.c -- how the allocator is to work: jemalloc reads this name when it starts (jemalloc(3), TUNING), and
 * MALLOC_CONF in the environment after it. Builds with a sanitizer have an allocator of their own.
 */

extern const char *malloc_conf;

/*
 * A pass looks here and there into hundreds of megabytes of profiles. In pages of 4 KiB nearly each look
 * misses the processor's table of pages too, and a new page costs a fault; so all memory is asked for in
 * large ones.
 */
__attribute__((used, visibility("default"))) const char *malloc_conf = "thp:always";
