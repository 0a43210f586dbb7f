// Credentials for the commands that take them: "name=value" lines from a file or standard input,
// never from the command line, which others can see.
#pragma once

#include <boost/json/object.hpp>

#include "base/error.hpp"

namespace dialplane {

// Reads the file of `options["credential-file"]`, which it takes out, or standard input, and puts
// `options["credentials"]` there. Empty lines and lines that begin with # are ignored.
// invalid_input: no such file, a line without a name, more than 64 KiB.
result<void> read_credentials_into(boost::json::object& options);

}  // namespace dialplane
