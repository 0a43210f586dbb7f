#include "domain/destinations.hpp"

#include <algorithm>

#include "domain/area_codes.hpp"
#include "domain/rule_rows.hpp"

namespace dialplane {

namespace {

constexpr std::string_view refused_prefixes_file = "refused_prefixes.csv";

using refusal = std::optional<refused_destination>;

bool are_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool among(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

refusal judge_class(const area_code_row& row) {
  const std::string code(row.code);
  switch (row.kind) {
    case area_code_class::geographic: return std::nullopt;
    case area_code_class::toll_free:
      return refused_destination{"toll_free", "Toll-free numbers take no texts from here."};
    case area_code_class::premium:
      return refused_destination{"premium", code + " numbers are premium rate."};
    case area_code_class::personal:
      return refused_destination{"personal", code + " numbers are personal numbers, at odd rates."};
    case area_code_class::interexchange:
      return refused_destination{"interexchange",
                                 code + " numbers mean something else at every carrier."};
    case area_code_class::government:
      return refused_destination{"government", code + " numbers are the US government's."};
    case area_code_class::other: break;
  }
  return refused_destination{"non_geographic", code + " numbers belong to no place."};
}

refusal judge_exchange(const e164& to, bool fictitious) {
  const std::string_view exchange = to.exchange();
  if (exchange == "555" && to.line() == "1212") {
    return refused_destination{"directory", "555-1212 is paid directory assistance."};
  }
  if (exchange == "555" && !fictitious) {
    return refused_destination{"fictitious", "555 numbers are fictitious: nobody has one."};
  }
  if (exchange == "950") return refused_destination{"carrier_access", "950 is carrier access."};
  if (exchange == "958" || exchange == "959") {
    return refused_destination{"test_line", "958 and 959 numbers are carriers' test lines."};
  }
  if (exchange == "976") return refused_destination{"premium", "976 numbers are pay-per-call."};
  return std::nullopt;
}

refusal judge_plan_number(const e164& to, const std::vector<std::string>& countries,
                          bool fictitious) {
  const area_code_row* row = find_area_code(to.area_code());
  if (row == nullptr) {
    return refused_destination{"area_code_unknown", "No area code " + std::string(to.area_code()) +
                                                        " is in service."};
  }
  if (auto wrong = judge_class(*row)) return wrong;
  if (!among(countries, row->country)) {
    return refused_destination{"country", "+1 " + std::string(row->code) + " is " +
                                              std::string(row->country) +
                                              ", which is not switched on."};
  }
  return judge_exchange(to, fictitious);
}

}  // namespace

result<refused_prefix_table> refused_prefix_table::read(std::string_view text) {
  refused_prefix_table table;
  TRY_ASSIGN(const auto rows,
             read_rule_rows(refused_prefixes_file, text, "prefix,rule,why,source,as_of"));
  for (const rule_row& each : rows) {
    const std::string_view prefix = each.cells[0];
    const bool refuse = each.cells[1] == "refuse";
    if (!prefix.starts_with('+') || !are_digits(prefix.substr(1)) ||
        (!refuse && each.cells[1] != "allow")) {
      return bad_rule(refused_prefixes_file, each,
                      "must be a prefix such as +4470, and refuse or allow.");
    }
    table.rows_.push_back({std::string(prefix), refuse, std::string(each.cells[2])});
  }
  return table;
}

std::optional<std::string_view> refused_prefix_table::find(std::string_view e164) const {
  const row* longest = nullptr;
  for (const row& each : rows_) {
    if (!e164.starts_with(each.prefix)) continue;
    if (longest == nullptr || each.prefix.size() > longest->prefix.size()) longest = &each;
  }
  if (longest == nullptr || !longest->refuse) return std::nullopt;
  return longest->why;
}

bool is_country_entry(std::string_view entry) noexcept {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!entry.starts_with('+')) {
    return entry.size() == 2 && is_upper(entry[0]) && is_upper(entry[1]);
  }
  return entry.size() >= 2 && entry.size() <= 4 && entry[1] >= '2' &&
         are_digits(entry.substr(1));
}

refusal judge_destination(const e164& to, const std::vector<std::string>& countries,
                          const refused_prefix_table& prefixes, bool fictitious) {
  if (to.is_nanp()) return judge_plan_number(to, countries, fictitious);
  const bool on = std::any_of(countries.begin(), countries.end(), [&](const std::string& each) {
    return each.starts_with('+') && to.text().starts_with(each);
  });
  if (!on) {
    return refused_destination{"country", "Numbers outside the United States are not switched on."};
  }
  if (const auto why = prefixes.find(to.text())) {
    return refused_destination{"prefix", "Numbers that begin so are refused: " +
                                             std::string(*why) + "."};
  }
  return std::nullopt;
}

error destination_refused(const refused_destination& reason) {
  error refusal = bad_field("to", "Texts to this number are not allowed: " + reason.sentence,
                            error_code::destination_not_allowed);
  refusal.details["why"] = reason.why;
  return refusal;
}

result<e164> parse_destination(std::string_view text, std::string_view field) {
  constexpr std::size_t short_code_digits_max = 6;
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  if (!are_digits(digits) || digits.size() > short_code_digits_max) {
    return e164::parse(text, field);
  }
  if (digits == "911" || digits == "112" || digits == "933") {
    return destination_refused({"emergency", "This is no way to reach emergency services."});
  }
  if (digits == "988") return destination_refused({"crisis_line", "988 is the crisis line."});
  if (digits.size() == 3 && digits.ends_with("11")) {
    return destination_refused({"service_code", "Codes such as 411 are dialled by people only."});
  }
  return destination_refused({"short_code", "Short codes take no texts from here."});
}

}  // namespace dialplane
