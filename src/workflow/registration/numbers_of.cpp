#include "workflow/registration/numbers_of.hpp"

namespace dialplane {

result<std::vector<number>> numbers_of(session& work, const campaign& of) {
  number_filter only;
  only.campaign = of.id;
  page_request cut;
  cut.limit = 100;
  std::vector<number> all;
  for (;;) {
    TRY_ASSIGN(auto found, work.numbers().page_of(of.organization, only, cut));
    for (number_view& each : found.rows) all.push_back(std::move(each.row));
    if (!found.has_more || found.rows.empty()) return all;
    cut.after = all.back().id.bytes;
  }
}

}  // namespace dialplane
