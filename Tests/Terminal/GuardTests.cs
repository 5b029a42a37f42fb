using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Tests.Terminal;

/// <summary>Whatever happens, a user reads one line and a script the documented code.</summary>
public sealed class GuardTests
{
    public static TheoryData<Exception, int, string> Ends =>
        new()
        {
            { new UserException("give --data"), ExitCode.Usage, "give --data" },
            { new UserException("the loss broke", ExitCode.Failure), ExitCode.Failure, "the loss broke" },
            { new OperationCanceledException(), ExitCode.Cancelled, "cancelled" },
            { new ModelFormatException("m.zip: no model\nat all"), ExitCode.Failure, "m.zip: no model at all" },
            { new ImageFormatException("JPEG", 3, "no picture"), ExitCode.Failure, "JPEG, byte 3: no picture" },
            { new FileNotFoundException("x is not there"), ExitCode.Failure, "x is not there" },
            { new UnauthorizedAccessException("x may not be read"), ExitCode.Failure, "x may not be read" },
            { new AggregateException(new UserException("inside")), ExitCode.Usage, "inside" },
            {
                new InvalidOperationException("own\u001b[31m fault"),
                ExitCode.Failure,
                "unexpected InvalidOperationException: own\\u001B[31m fault (a fault of this program"
            },
            { new InsufficientMemoryException(), ExitCode.Failure, "not enough memory" },
        };

    [Theory]
    [MemberData(nameof(Ends), DisableDiscoveryEnumeration = true)]
    public void Every_exception_is_one_line_and_a_code(Exception exception, int code, string line)
    {
        using var messages = new StringWriter();
        Assert.Equal(code, Guard.Explain(exception, messages));
        Assert.StartsWith(line, messages.ToString());
        Assert.Single(messages.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
