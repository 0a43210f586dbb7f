#include "workflow/purchasing/quoted_numbers.hpp"

#include <utility>

#include "base/log.hpp"
#include "store/quote_queries.hpp"

namespace dialplane {

result<std::set<std::string>> quoted_among(session& work, const std::vector<std::string>& numbers,
                                           timestamp now, std::optional<user_id> but_to) {
  std::set<std::string> quoted;
  for (const std::string& e164 : numbers) {
    TRY_ASSIGN(const bool promised, work.quotes().is_promised(e164, now, but_to));
    if (promised) quoted.insert(e164);
  }
  return quoted;
}

void find_quoted(workflow_environment& env, std::vector<std::string> numbers,
                 std::optional<user_id> but_to,
                 unique_function<void(std::set<std::string>)> done) {
  if (numbers.empty()) return done({});
  env.database.read<std::set<std::string>>(
      [numbers = std::move(numbers), now = env.time.now(), but_to](session& work) {
        return quoted_among(work, numbers, now, but_to);
      },
      [done = std::move(done)](result<std::set<std::string>> quoted) mutable {
        if (!quoted) log_error(log_level::warn, "quotes not read", quoted.error());
        done(quoted ? *std::move(quoted) : std::set<std::string>());
      });
}

}  // namespace dialplane
