// The list of numbers: one statement per way in, the rest of the filter as plain conditions.
#include "store/sqlite/like_pattern.hpp"
#include "store/sqlite/number_rows.hpp"
#include "store/sqlite/number_table.hpp"
#include "store/sqlite/page_reading.hpp"

namespace dialplane::sqlite {

namespace {

using status_names = std::array<std::string_view, 5>;

// The names asked for, the rest filled up with one of them: the statement has five places.
status_names names_of(const std::vector<number_status>& asked) {
  static const std::vector<number_status> all_but_released = {
      number_status::pending, number_status::active, number_status::suspended,
      number_status::releasing};
  const std::vector<number_status>& wanted = asked.empty() ? all_but_released : asked;
  status_names names;
  std::size_t used = 0;
  for (const auto& [value, name] : enum_names<number_status>::names) {
    if (std::find(wanted.begin(), wanted.end(), value) != wanted.end()) names[used++] = name;
  }
  std::fill(names.begin() + static_cast<std::ptrdiff_t>(used), names.end(), names[0]);
  return names;
}

// Not IN: for that SQLite would build a table of the names at every run, dearer than ten rows.
#define STATUS_IS_ONE_OF(a, b, c, d, e)                                            \
  "(n.status = " a " OR n.status = " b " OR n.status = " c " OR n.status = " d     \
  " OR n.status = " e ")"

// Parameters: 1 organization, 2 user, 3 inbound agent, 4 assigned agent, 5 campaign, 6 to 10
// statuses, 11 with e164 only, 12 pattern of a text, 13 pattern of digits, 14 carrier, 15 imported.
#define OTHER_CONDITIONS                                                                    \
  " AND (?2 IS NULL OR n.user_id = ?2) AND (?3 IS NULL OR n.inbound_agent_id = ?3)"         \
  " AND (?4 IS NULL OR EXISTS (SELECT 1 FROM assignments x WHERE x.organization_id = ?1"    \
  " AND x.number_id = n.id AND x.agent_id = ?4))"                                           \
  " AND (?5 IS NULL OR n.campaign_id = ?5)"                                                 \
  " AND " STATUS_IS_ONE_OF("?6", "?7", "?8", "?9", "?10")                                   \
  " AND (?11 = 0 OR n.e164 IS NOT NULL)"                                                    \
  " AND (?12 IS NULL OR n.e164 LIKE ?12 ESCAPE '\\' OR n.label LIKE ?12 ESCAPE '\\'"        \
  " OR a.name LIKE ?12 ESCAPE '\\' OR n.e164 LIKE ?13)"                                    \
  " AND (?14 IS NULL OR n.carrier = ?14) AND (?15 IS NULL OR n.imported = ?15)"

#define FROM_NUMBERS(way, condition)                                              \
  "SELECT " NUMBER_VIEW_COLUMNS " FROM numbers n " way WITH_AGENT_NAME            \
  " WHERE n.organization_id = ?1 " condition OTHER_CONDITIONS

// INDEXED BY: the planner has no statistics to choose by, and the fitting way is known here.
constexpr paged_sql of_organization = PAGED_SQL(FROM_NUMBERS("INDEXED BY numbers_id", ""), "n.id");
// The same without any further filter, which is asked for most: nothing to weigh row by row.
// Parameters: 1 organization, 2 to 6 statuses, 7 with e164 only.
constexpr paged_sql of_organization_unfiltered = PAGED_SQL(
    "SELECT " NUMBER_VIEW_COLUMNS " FROM numbers n INDEXED BY numbers_id" WITH_AGENT_NAME
    " WHERE n.organization_id = ?1 AND " STATUS_IS_ONE_OF("?2", "?3", "?4", "?5", "?6")
    " AND (?7 = 0 OR n.e164 IS NOT NULL)",
    "n.id");
constexpr paged_sql of_user =
    PAGED_SQL(FROM_NUMBERS("INDEXED BY numbers_user", "AND n.user_id = ?2"), "n.id");
constexpr paged_sql of_inbound_agent = PAGED_SQL(
    FROM_NUMBERS("INDEXED BY numbers_inbound_agent", "AND n.inbound_agent_id = ?3"), "n.id");
constexpr paged_sql of_campaign =
    PAGED_SQL(FROM_NUMBERS("INDEXED BY numbers_campaign",
                           "AND n.campaign_id = ?5 AND n.status <> 'released'"),
              "n.id");
constexpr paged_sql of_assigned_agent = PAGED_SQL(
    "SELECT " NUMBER_VIEW_COLUMNS
    " FROM assignments s INDEXED BY assignments_agent"
    " CROSS JOIN numbers n ON n.organization_id = ?1 AND n.id = s.number_id" WITH_AGENT_NAME
    " WHERE s.organization_id = ?1 AND s.agent_id = ?4" OTHER_CONDITIONS,
    "s.number_id");

// The narrowest way in: an agent has fewer numbers than a campaign, a campaign than a user.
const paged_sql& way_in(const number_filter& only) {
  if (only.assigned_agent) return of_assigned_agent;
  if (only.inbound_agent) return of_inbound_agent;
  if (only.campaign) return of_campaign;
  if (only.user) return of_user;
  return of_organization;
}

}  // namespace

result<page<number_view>> number_table::page_of(organization_id owner, const number_filter& only,
                                                const page_request& cut) {
  const status_names names = names_of(only.statuses);
  const bool filtered = only.user || only.inbound_agent || only.assigned_agent || only.campaign ||
                        !only.search.empty() || only.carrier || only.imported;
  if (!filtered) {
    return read_page<number_view>(db_, of_organization_unfiltered, cut, owner, names[0], names[1],
                                  names[2], names[3], names[4], only.with_e164_only);
  }
  const std::optional<std::string> pattern = pattern_containing(only.search);
  const std::optional<std::string> digits = pattern_of_digits(only.search);
  return read_page<number_view>(db_, way_in(only), cut, owner, only.user, only.inbound_agent,
                                only.assigned_agent, only.campaign, names[0], names[1], names[2],
                                names[3], names[4], only.with_e164_only, pattern, digits,
                                only.carrier, only.imported);
}

}  // namespace dialplane::sqlite
