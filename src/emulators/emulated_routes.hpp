// The paths of an emulated API: finds the route of a request and reads its parts.
//
// Reading is lenient where a carrier's is: a body that is no form or JSON is simply empty, and the
// handler complains in the carrier's words.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emulators/carrier_emulator.hpp"

namespace dialplane::emulators {

class emulated_routes {
 public:
  struct row {
    std::string method;
    std::string pattern;  // "/v2/number_orders/{id}"
    std::string call;
    std::function<http_response(const emulated_request&)> act;
  };

  void add(row one) { rows_.push_back(std::move(one)); }
  // `found` stays null where no route fits. Valid as long as the routes and `request`.
  emulated_request match(const http_request& request, const row*& found) const;

 private:
  std::vector<row> rows_;
};

}  // namespace dialplane::emulators
