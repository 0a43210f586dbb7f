#include "server/store_check.hpp"

#include <boost/json/value.hpp>
#include <future>
#include <map>
#include <utility>

#include "domain/ownership_mark.hpp"
#include "server/audit_commands.hpp"
#include "server/blocking_store.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t rows_at_once = 1'000;
constexpr std::size_t sentences_max = 100;

using marks_by_number = std::map<std::string, std::string>;

// Numbers the carrier has sold under this installation's mark.
result<marks_by_number> sold_by_sandbox(local_environment& env) {
  marks_by_number sold;
  std::optional<std::string> cursor;
  do {
    std::promise<result<sandbox_sold_page>> outcome;
    env.loop.post([&] {
      env.sandbox->sold_page(cursor, rows_at_once, [&outcome](result<sandbox_sold_page> page) {
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
                 return work.integrity().carried_numbers("sandbox", after, rows_at_once);
               }));
    for (const carried_number& one : some) carried.emplace(one.e164, one.mark);
    if (some.size() < rows_at_once) return carried;
    after = some.back().e164;
  }
}

void compare(const marks_by_number& sold, const marks_by_number& carried,
             std::vector<std::string>& violations) {
  const std::size_t room = violations.size() + sentences_max;
  for (const auto& [number, mark] : sold) {
    if (violations.size() >= room) return;
    const auto ours = carried.find(number);
    if (ours == carried.end()) {
      violations.push_back("orphan: the carrier has sold " + number + " and it is unknown here");
    } else if (ours->second != mark) {
      violations.push_back("the carrier keeps " + number + " under another mark");
    }
  }
  for (const auto& [number, mark] : carried) {
    if (violations.size() >= room) return;
    if (!sold.contains(number)) {
      violations.push_back("ghost: " + number + " is ours on paper only");
    }
  }
}

}  // namespace

result<json::object> check_store(local_environment& env, const json::object& options) {
  TRY_ASSIGN(integrity_report report,
             read_and_wait<integrity_report>(
                 *env.home.database, [](session& work) { return work.integrity().check(); }));
  TRY_ASSIGN(std::vector<std::string> broken, broken_audit_chains(env));
  report.violations.insert(report.violations.end(), broken.begin(), broken.end());
  if (options.contains("sandbox") && env.sandbox != nullptr) {
    TRY_ASSIGN(const marks_by_number carried, carried_here(*env.home.database));
    TRY_ASSIGN(const marks_by_number sold, sold_by_sandbox(env));
    compare(sold, carried, report.violations);
  }
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
                      {"audit_entries", report.audit_entries}};
}

}  // namespace dialplane
