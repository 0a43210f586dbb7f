// Looks names up with the system's resolver, which blocks: on a few threads of its own.
//
// A name is looked up once at a time; whoever asks meanwhile shares the answer. So a name whose
// servers do not answer occupies one thread, and only as many of those at once as there are threads
// can make others wait. Bounded in threads, names and askers. Never knows an event loop.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/unique_function.hpp"

namespace dialplane {

class name_lookup {
 public:
  using addresses = std::vector<std::string>;  // as numbers; none: no such name, or no answer
  using blocking_resolver = std::function<addresses(const std::string& name)>;

  static constexpr std::size_t threads_max = 8;
  static constexpr std::size_t names_max = 256;
  static constexpr std::size_t askers_per_name_max = 1'024;

  explicit name_lookup(blocking_resolver resolve);

  // `done` runs once on one of the threads, or at once with nothing where too much waits. Threads
  // end by themselves when nothing is left to do, and may outlive this object.
  void ask(const std::string& name, unique_function<void(const addresses&)> done);

  // The system's resolver, for the whole process.
  static name_lookup& of_system();

  struct core;

 private:
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
