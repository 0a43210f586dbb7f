// Cuts what comes in on standard input into lines, and never keeps more than one line's limit.
//
// Pure: knows no file and no JSON. A line that is too long is swallowed up to its end and reported
// once, so that what follows it is understood again.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/unique_function.hpp"

namespace dialplane {

class line_splitter {
 public:
  struct line {
    std::string text;       // without its end (LF or CR LF); empty where too long
    bool too_long = false;
  };

  // `max_bytes`: of one line without its end.
  line_splitter(std::size_t max_bytes, unique_function<void(line)> found)
      : max_bytes_(max_bytes), found_(std::move(found)) {}

  void take(std::string_view bytes);
  // No more will come: a last line without an end is a line.
  void end();

 private:
  void keep(std::string_view piece);
  void finish();

  const std::size_t max_bytes_;
  unique_function<void(line)> found_;
  std::string text_;
  bool too_long_ = false;
};

}  // namespace dialplane
