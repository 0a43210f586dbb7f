#include "server/store_check.hpp"

#include <boost/json/value.hpp>
#include <future>
#include <map>
#include <set>
#include <utility>

#include "domain/ownership_mark.hpp"
#include "server/audit_commands.hpp"
#include "server/blocking_store.hpp"
#include "server/text_check.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t sentences_max = 100;
constexpr std::size_t open_operations_max = 100'000;

using marks_by_number = std::map<std::string, std::string>;

// Numbers the carrier has sold under this installation's mark.
result<marks_by_number> sold_by_sandbox(local_environment& env) {
  marks_by_number sold;
  std::optional<std::string> cursor;
  do {
    std::promise<result<sandbox_sold_page>> outcome;
    env.loop.post([&] {
      env.sandbox.sold_page(cursor, checked_at_once, [&outcome](result<sandbox_sold_page> page) {
        outcome.set_value(std::move(page));
      });
    });
    TRY_ASSIGN(const sandbox_sold_page page, outcome.get_future().get());
    for (const sandbox_sale& sale : page.numbers) {
      const std::optional<ownership_mark> mark = parse_ownership_mark(sale.mark);
      if (mark && mark->installation == env.home.id) sold.emplace(sale.e164, sale.mark);
    }
    cursor = page.next_cursor;
  } while (cursor);
  return sold;
}

result<marks_by_number> carried_here(store& database) {
  marks_by_number carried;
  std::string after;
  while (true) {
    using rows = std::vector<carried_number>;
    TRY_ASSIGN(const rows some, read_and_wait<rows>(database, [&after](session& work) {
                 return work.integrity().carried_numbers("sandbox", after, checked_at_once);
               }));
    for (const carried_number& one : some) carried.emplace(one.e164, one.mark);
    if (some.size() < checked_at_once) return carried;
    after = some.back().e164;
  }
}

// What our side says: numbers that should be sold, and marks of work that is still under way.
struct our_side {
  marks_by_number carried;
  std::set<std::string> under_way;
};

result<our_side> our_side_of(store& database) {
  our_side ours;
  using rows = std::vector<operation>;
  TRY_ASSIGN(const rows open, read_and_wait<rows>(database, [](session& work) {
               return work.operations().open_ones(open_operations_max);
             }));
  for (const operation& one : open) {
    ours.under_way.insert(one.mark);
    ours.under_way.insert(one.e164);
  }
  TRY_ASSIGN(ours.carried, carried_here(database));
  return ours;
}

std::set<std::string> differences(const marks_by_number& sold, const our_side& ours) {
  std::set<std::string> found;
  for (const auto& [number, mark] : sold) {
    if (ours.under_way.contains(mark) || ours.under_way.contains(number)) continue;
    const auto same = ours.carried.find(number);
    if (same == ours.carried.end()) {
      found.insert("orphan: the carrier has sold " + number + " and it is unknown here");
    } else if (same->second != mark) {
      found.insert("the carrier keeps " + number + " under another mark");
    }
  }
  for (const auto& [number, mark] : ours.carried) {
    if (sold.contains(number) || ours.under_way.contains(number)) continue;
    found.insert("ghost: " + number + " is ours on paper only");
  }
  return found;
}

result<std::set<std::string>> compare_with_sandbox(local_environment& env) {
  TRY_ASSIGN(const marks_by_number sold, sold_by_sandbox(env));
  TRY_ASSIGN(const our_side ours, our_side_of(*env.home.database));
  std::set<std::string> found = differences(sold, ours);
  TRY_ASSIGN(const std::set<std::string> of_texts, text_differences(env));
  found.insert(of_texts.begin(), of_texts.end());
  return found;
}

// The two sides cannot be read at one instant. What is a difference twice in a row is one.
result<void> add_differences(local_environment& env, std::vector<std::string>& violations) {
  TRY_ASSIGN(const std::set<std::string> first, compare_with_sandbox(env));
  if (first.empty()) return {};
  TRY_ASSIGN(const std::set<std::string> second, compare_with_sandbox(env));
  const std::size_t room = violations.size() + sentences_max;
  for (const std::string& sentence : second) {
    if (first.contains(sentence) && violations.size() < room) violations.push_back(sentence);
  }
  return {};
}

}  // namespace

result<json::object> check_store(local_environment& env, const json::object&) {
  TRY_ASSIGN(integrity_report report,
             read_and_wait<integrity_report>(
                 *env.home.database, [](session& work) { return work.integrity().check(); }));
  TRY_ASSIGN(const std::vector<std::string> broken, broken_audit_chains(env));
  report.violations.insert(report.violations.end(), broken.begin(), broken.end());
  TRY(add_differences(env, report.violations));
  json::array violations;
  for (std::string& sentence : report.violations) {
    violations.push_back(json::value(std::move(sentence)));
  }
  return json::object{{"violations", std::move(violations)},
                      {"organizations", report.organizations},
                      {"numbers", report.numbers},
                      {"operations", report.operations},
                      {"open_operations", report.open_operations},
                      {"jobs", report.jobs},
                      {"ledger_entries", report.ledger_entries},
                      {"audit_entries", report.audit_entries},
                      {"texts", report.texts},
                      {"texts_under_way", report.texts_under_way},
                      {"inbox_waiting", report.inbox_waiting}};
}

}  // namespace dialplane
