using EmotionMLNet.Terminal;
using EmotionMLNet.Web.Commands;

namespace EmotionMLNet.Web;

internal static class Program
{
    public static int Main(string[] args) => CommandLineRun.Invoke(ServeCommand.Create(), args);
}
