/* SPDX-License-Identifier: Apache-2.0 */
/* main.c -- `deflux VERB`: finds the verb and hands over. */
#include <stdio.h>

int main(void)
{
	puts("deflux");
	return 0;
}
