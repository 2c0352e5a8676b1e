/* SPDX-License-Identifier: Apache-2.0 */
/* type.c -- see type.h. */
#include "dns/type.h"

#include <stdio.h>

#include "base/ascii.h"

static const struct {
	uint16_t type;
	const char *text;
} types[] = {
	{1, "A"},           {2, "NS"},      {5, "CNAME"},   {6, "SOA"},     {10, "NULL"},  {12, "PTR"},
	{13, "HINFO"},      {15, "MX"},     {16, "TXT"},    {17, "RP"},     {18, "AFSDB"}, {24, "SIG"},
	{25, "KEY"},        {28, "AAAA"},   {29, "LOC"},    {33, "SRV"},    {35, "NAPTR"}, {36, "KX"},
	{37, "CERT"},       {39, "DNAME"},  {41, "OPT"},    {42, "APL"},    {43, "DS"},    {44, "SSHFP"},
	{45, "IPSECKEY"},   {46, "RRSIG"},  {47, "NSEC"},   {48, "DNSKEY"}, {49, "DHCID"}, {50, "NSEC3"},
	{51, "NSEC3PARAM"}, {52, "TLSA"},   {53, "SMIMEA"}, {55, "HIP"},    {59, "CDS"},   {60, "CDNSKEY"},
	{61, "OPENPGPKEY"}, {62, "CSYNC"},  {63, "ZONEMD"}, {64, "SVCB"},   {65, "HTTPS"}, {99, "SPF"},
	{108, "EUI48"},     {109, "EUI64"}, {249, "TKEY"},  {250, "TSIG"},  {251, "IXFR"}, {252, "AXFR"},
	{255, "ANY"},       {256, "URI"},   {257, "CAA"},   {32769, "DLV"},
};

const char *rrtype_to_text(uint16_t type, char text[10])
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == type)
			return types[i].text;
	snprintf(text, 10, "TYPE%u", type);
	return text;
}

static int same(const char *a, size_t len, const char *b)
{
	size_t i = 0;

	for (; i < len && b[i] != 0; i++)
		if (ascii_lower1((uint8_t)a[i]) != ascii_lower1((uint8_t)b[i]))
			return 0;
	return i == len && b[i] == 0;
}

uint16_t rrtype_from_text(const char *text, size_t len)
{
	unsigned v = 0;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (same(text, len, types[i].text))
			return types[i].type;
	if (len < 5 || len > 9 || !same(text, 4, "TYPE"))
		return 0;
	for (size_t i = 4; i < len; i++) {
		if (!ascii_is_digit((uint8_t)text[i]))
			return 0;
		v = v * 10 + (unsigned)(text[i] - '0');
	}
	return v > UINT16_MAX ? 0 : (uint16_t)v;
}
