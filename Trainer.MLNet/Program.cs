namespace EmotionMLNet.Trainer.MLNet;

internal static class Program
{
    public static int Main(string[] args) => Trainer.Program.Main(args);
}
