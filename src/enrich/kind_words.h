/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kind_words.h -- the words that kind.c knows, with what each is worth. For kind.c alone.
 *
 * Words are ASCII in lower case, accents taken off. `word` is a whole word, `word*` begins one, `*word` ends
 * one,
 * `*word*` stands anywhere; '_' is the gap between two words. Where several fit at one place the longest
 * counts: rows without a worth keep a shorter word inside them from counting.
 */
#pragma once

#include <stdint.h>

#include "enrich/nets.h"

struct kind_words {
	int8_t worth[NET_KINDS]; /* decibans: 10 is ten times as likely */
	const char *words;
};

#define HOMES   [NET_CONSUMER]
#define SERVERS [NET_HOSTING]
#define CONTENT [NET_CONTENT]
#define LEARN   [NET_UNIVERSITY]
#define OWN     [NET_BUSINESS]
#define CARRY   [NET_TRANSIT]

static const struct kind_words kind_words[] = {
	/* the last mile: what only who sells access says of itself */
	{{HOMES = 11},
	 "*broadband* broad_band* *bredband* breitband* banda_larga banda_ancha szelessav* szerokopasm* "
	 "*adsl* *vdsl* dsl *dsl xdsl* ftth* fttx fttb *gpon docsis *catv* cablevision* *cabletv* *kabeltv* "
	 "residential dialup pppoe abonent* subscriber* wisp homenet* provedor_de_internet "
	 "internet_service_provider*"},
	{{HOMES = 9},
	 "cable* *kabel* kablo* cabo cablo* isp *wireless* wifi wi_fi *wimax* lte gsm umts cellular* "
	 "celular* mobil* *mobile movil* movel proveedor* provedor* cpe dhcp dynamic pool customers domashn* "
	 "fixed_line* wireline* landline*"},
	{{HOMES = 8, CARRY = 2},
	 "fibra* fibre* fiber* *fiber *fibra fibernet* telefon* *telephone* phone *fone *phone"},
	{{HOMES = 7, CARRY = 3, OWN = -2},
	 "*telecom* *telekom* *telkom* sanchar* telcom* telco *telco ptt posts_and_tele* post_and_tele* "
	 "*svyaz* *sviaz* "
	 "*svjaz*"},
	{{HOMES = 5, CARRY = 2},
	 "communication* comunica* komunika* kommunika* *communications *comm comms tele infocom* iletisim* "
	 "haberlesme* *cell"},
	{{HOMES = 5, CONTENT = 3}, "tv *tv television* televis* televiz*"},
	{{HOMES = 4, CARRY = 2}, "satellite* satelit* sat *tel"},
	{{HOMES = 4}, "lan home *home rural connect* access service_provider* provider seti"},
	{{HOMES = 3, OWN = 2}, "cooperative cooperativa coop stadtwerke utilities"},
	{{HOMES = 3, SERVERS = 1}, "internet *internet inet"},
	{{HOMES = 2, CARRY = 1}, "*net *nett merezh* *link speed* *wave telematic*"},
	{{HOMES = 2, SERVERS = 2, CONTENT = 1}, "online *online"},

	/* machines for rent */
	{{SERVERS = 11},
	 "*hosting* hoster* webhost* *server* *serveur* vps *vps vps* dedicated dedi colo *colo colocat* "
	 "*datacent* data_cent* *cloud* iaas rack* hospedagem* hospedaje alojamiento alojamento hebergement* "
	 "centro_de_datos virtual_private*"},
	{{SERVERS = 9}, "host* *host *hosts dc"},
	{{SERVERS = 6, OWN = 2, LEARN = 1}, "rechenzentr* managed saas paas internetdienst*"},
	{{SERVERS = 5, CONTENT = 2}, "domain* domeny registrar* vpn proxy ddos anti_ddos"},
	{{SERVERS = 4, CONTENT = 1}, "virtual* data compute* computing web* *web vm"},
	{{SERVERS = 3, OWN = 3}, "solution* informati* it"},
	{{SERVERS = 3, CONTENT = 3}, "gaming game* labs"},
	{{SERVERS = 2, OWN = 2}, "technolog* tech techno* infrastructure"},
	{{SERVERS = 1, CONTENT = 1}, "digital*"},

	/* what is looked at by many */
	{{CONTENT = 13}, "cdn *cdn cdn* content_deliver* content_distribution content_network*"},
	{{CONTENT = 8}, "content stream* video* social_network* anycast_cdn edge_network*"},
	{{CONTENT = 6, OWN = 2}, "advert* ads broadcast* publish* news* search music entertainment social"},
	{{CONTENT = 5, SERVERS = 2}, "edge edge* delivery cache* accelerat* platform* anycast dns portal"},
	{{CONTENT = 4, OWN = 4}, "marketplace e_commerce ecommerce studios"},
	{{CONTENT = 3, HOMES = 2}, "media multimedia *media"},

	/* learning and science */
	{{LEARN = 17},
	 "*universit* *universid* institute_of_technology univ uniwersytet* univerz* sveucilist* yliopisto* "
	 "egyetem* hochschule* fachhochschule* hogeschool* hogskol* hoegskol* college* polytechn* politechn* "
	 "politecn* politehn* nren supercomput*"},
	{{LEARN = 12},
	 "academ* akadem* accadem* *research* recherche* forschung* ricerca pesquisa investigac* edu educat* "
	 "educac* ensino* ensenanza* enseign* istruzione faculty facult* campus student* school* schul* "
	 "escola* escuela* ecole* scuola* szkol* iskola* schola*"},
	{{LEARN = 7, OWN = 2},
	 "institut* istituto* science* scientif* *wissenschaft* vetenskap* ciencia* nauk* laborator* "
	 "observator* librar* bibliot* nuclear physics museum* univ*"},
	{{LEARN = 4}, "uni"},

	/* an organisation's own network, public bodies among them */
	{{OWN = 12}, "*bank* banco banca banque bancorp* insur* assuranc* assicura* versicherung* seguros"},
	{{OWN = 10},
	 "hospital* hopital* klinik* clinic* health* medical* medic* krankenhaus* ministr* ministerst* "
	 "govern* gouvern* gobierno governo gov county city_of state_of municip* council department dept "
	 "federal parliament* court* police army navy military defense defence embassy senate"},
	{{OWN = 8},
	 "airline* airport* airways aviation railway* logisti* shipping petrol* oil mining steel chemic* "
	 "pharma* retail* supermarket* food* financ* fund funds asset securities broker* trading "
	 "stock_exchange law legal consult* manufactur* automotive motors hotel* casino* resort* credit* "
	 "payment* invest* capital real_estate engineering"},
	{{OWN = 6},
	 "software industr* construct* energy energi* electric* power transport* church agency authority"},
	{{OWN = 4},
	 "holding* enterprise* foundation association office corp corporat* systems town public admin*"},
	{{OWN = 2}, "inc incorporated group grupo gruppe groupe international company"},

	/* carriers */
	{{CARRY = 6, HOMES = 3}, "*backbone*"}, /* most often of a country's first telephone company */
	{{CARRY = 12}, "transit ixp internet_exchange* exchange_point* peering route_server*"},
	{{CARRY = 9}, "carrier* wholesale submarine subsea ix"},
	{{CARRY = 6, OWN = 1}, "exchange interconnect* nap teleport gateway*"},
	{{CARRY = 4, HOMES = 1}, "optical global_network* networks_international"},

	/* kept from being taken for the shorter words inside */
	{{0},
	 "softbank* universal* universe* hostel* hostess* hostal* *knowledge* customs telegraph* telemetr* "
	 "*data_bank* databank* internal* planet *planet cabinet* magnet* bonnet* *mantel *martel intel "
	 "*intel chattel* motel* cartel *hedge* edges* searches gamer_* itself as asn autonomous_system"},
};
